import { Plus } from 'lucide-react'
import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelBody, PanelItem, PanelList } from '../../ui/panel.tsx'
import { InviteForm } from './invite-form.tsx'
import { isInvitations, type Role } from './views.ts'

/** Invites people, and shows who has not come yet. */
export const InvitationsPanel = ({ roles }: Readonly<{ roles: readonly Role[] }>) => {
  const { api } = useHall()
  const read = useRead('/invitations?limit=100', isInvitations)
  const { data, again } = read
  const [isOpen, setOpen] = useState(false)
  const items = data?.items ?? []
  const withdraw = async (id: string): Promise<void> => {
    await api.write(`/invitations/${id}/withdraw`, {}, anything)
    again()
  }
  return (
    <Panel
      title="Invitations"
      anchor="invitations"
      about={
        items.length === 0
          ? 'Everybody who was invited has come.'
          : 'Invited, and not here yet. A link is good for seven days.'
      }
      read={read}
      action={
        !isOpen && (
          <Button onClick={() => setOpen(true)}>
            <Plus className="size-4" />
            Invite a person
          </Button>
        )
      }
    >
      {isOpen && (
        <PanelBody>
          <InviteForm roles={roles} made={again} close={() => setOpen(false)} />
        </PanelBody>
      )}
      {items.length > 0 && (
        <PanelList label="Invitations">
          {items.map(({ id, email, role, projects, inviter, expiresAt }) => (
            <PanelItem
              key={id}
              name={<span className="break-all">{email}</span>}
              about={
                <>
                  {[role, ...projects.map((one) => `${one.role} in ${one.project}`)].join(', ')}
                  {inviter !== null && `, invited by @${inviter}`}. Ends <Moment at={expiresAt} />
                </>
              }
              action={
                <ActButton
                  look="quiet"
                  act={() => withdraw(id)}
                  done="The invitation is taken back."
                >
                  Withdraw
                </ActButton>
              }
            />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}
