import { useState } from 'react'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel, PanelItem, PanelList } from '../../ui/panel.tsx'
import { isMembers, type Member, type Role } from './views.ts'
import { MemberActions } from './member-actions.tsx'

/** Shows the people of the organisation. */
export const PeoplePanel = ({ roles }: Readonly<{ roles: readonly Role[] }>) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [cursor, setCursor] = useState<string | null>(null)
  const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
  const read = useRead(`/principals?kind=person&limit=50${after}`, isMembers)
  const { data, again } = read
  const [open, setOpen] = useState<string | null>(null)
  const next = data?.next ?? null
  const mayWrite = mayHere(me, 'member:write')
  return (
    <Panel title="People" anchor="people" read={read}>
      <PanelList label="People">
        {data?.items.map((person) => (
          <PanelItem
            key={person.handle}
            name={<Name person={person} isMe={person.handle === me?.handle} />}
            about={
              <>
                {person.email !== null && <span className="break-all">{person.email}, </span>}
                {rolesOf(person)}
              </>
            }
            more={
              open === person.handle && (
                <MemberActions person={person} roles={roles} changed={again} />
              )
            }
            action={
              mayWrite && (
                <Button
                  look="quiet"
                  aria-expanded={open === person.handle}
                  aria-label={`Manage @${person.handle}`}
                  onClick={() => setOpen(open === person.handle ? null : person.handle)}
                >
                  {open === person.handle ? 'Close' : 'Manage'}
                </Button>
              )
            }
          />
        ))}
      </PanelList>
      {(cursor !== null || next !== null) && (
        <div className="flex gap-2 border-t border-line p-3">
          {cursor !== null && <Button onClick={() => setCursor(null)}>First page</Button>}
          {next !== null && <Button onClick={() => setCursor(next)}>Next page</Button>}
        </div>
      )}
    </Panel>
  )
}

const Name = ({ person, isMe }: Readonly<{ person: Member; isMe: boolean }>) => (
  <>
    <Avatar handle={person.handle} size="large" />
    {person.name ?? `@${person.handle}`}
    {person.name !== null && <span className="font-normal text-text-3">@{person.handle}</span>}
    {isMe && <Badge hue="accent">You</Badge>}
    {person.status === 'suspended' && <Badge hue="bad">Shut out</Badge>}
  </>
)

const rolesOf = ({ roles }: Member): string =>
  roles
    .map(({ role, project }) => (project === null ? role : `${role} in ${project}`))
    .join(', ') || 'no role'
