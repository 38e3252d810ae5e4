import { useState } from 'react'
import { anything, shape } from '../../live/api.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { RoleForm } from './role-form.tsx'
import type { Member, Role } from './views.ts'

const isLink = shape<{ link: string }>('link')

type MemberActionsProps = Readonly<{
  person: Member
  roles: readonly Role[]
  changed(): void
}>

/** Shows what can be done with and for somebody. */
export const MemberActions = ({ person, roles, changed }: MemberActionsProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [link, setLink] = useState<string | null>(null)
  const { handle, status } = person
  const isMe = me?.handle === handle
  const post = async (act: string): Promise<void> => {
    await hall.api.write(`/principals/${handle}/${act}`, {}, anything)
    changed()
  }
  const reset = async (): Promise<void> => {
    setLink((await hall.api.write(`/principals/${handle}/reset-link`, {}, isLink)).link)
  }
  return (
    <div className="mt-1 mb-1.5 grid gap-4 rounded-card bg-sunken p-3">
      <RoleForm person={person} roles={roles} changed={changed} />
      <div className="flex flex-wrap gap-1.5">
        {status === 'active' && <ActButton act={reset}>Make a reset link</ActButton>}
        {!isMe && status === 'active' && (
          <>
            <ActButton act={() => post('sign-out')} done={`@${handle} is signed out everywhere.`}>
              Sign out everywhere
            </ActButton>
            <ActButton
              act={() => post('factors/reset')}
              done={`@${handle} has no second factor any more.`}
              ask={{
                title: 'Remove all second factors?',
                about: `@${handle} is signed out, and signs in with the password alone.`,
                button: 'Remove them',
              }}
            >
              Remove second factors
            </ActButton>
            <ActButton
              act={() => post('suspend')}
              done={`@${handle} is shut out.`}
              ask={{
                title: `Shut @${handle} out?`,
                about: 'Sessions and keys let nobody in, and agents stop, until you say otherwise.',
                button: 'Shut out',
              }}
            >
              Shut out
            </ActButton>
          </>
        )}
        {!isMe && status === 'suspended' && (
          <ActButton act={() => post('activate')} done={`@${handle} may come in again.`}>
            Let in again
          </ActButton>
        )}
      </div>
      {link !== null && (
        <div className="grid gap-1.5">
          <p>
            Give this link to @{handle}. It is shown once and good for an hour; they choose a new
            password by it.
          </p>
          <CopyBox label="Reset link" text={link} />
        </div>
      )}
    </div>
  )
}
