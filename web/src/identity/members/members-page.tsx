import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { SettingsPage } from '../../shell/settings-page.tsx'
import { InvitationsPanel } from './invitations-panel.tsx'
import { PeoplePanel } from './people-panel.tsx'
import { RolesPanel } from './roles/roles-panel.tsx'
import { RulesPanel } from './rules-panel.tsx'
import { TeamsPanel } from './teams-panel.tsx'
import { isRoles } from './views.ts'

/** Shows who belongs to the organisation and what they may do. */
export const MembersPage = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const may = (permission: string): boolean => mayHere(me, permission)
  const { data } = useRead(may('role:read') ? '/roles' : null, isRoles)
  const roles = data?.items ?? []
  return (
    <SettingsPage title="Members" about="People, what they may do, and who may come in." wide>
      {me !== null && (
        <>
          <PeoplePanel roles={roles} />
          {may('member:write') && <InvitationsPanel roles={roles} />}
          {may('team:read') && <TeamsPanel />}
          {may('org:read') && <RulesPanel mayChange={may('org:write')} />}
          <RolesPanel roles={roles} />
        </>
      )}
    </SettingsPage>
  )
}
