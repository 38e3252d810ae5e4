import { Plus } from 'lucide-react'
import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelBody, PanelItem, PanelList } from '../../ui/panel.tsx'
import { PasskeySetup } from '../factors/passkey-setup.tsx'
import { knowsPasskeys } from '../passkeys.ts'
import type { Passkey } from '../views.ts'

type PasskeysPanelProps = Readonly<{ passkeys: readonly Passkey[]; changed(): void }>

/** Shows one's passkeys. */
export const PasskeysPanel = ({ passkeys, changed }: PasskeysPanelProps) => {
  const { api, notices } = useHall()
  const [isOpen, setOpen] = useState(false)
  const done = (): void => {
    setOpen(false)
    changed()
    notices.show('ok', 'The passkey is ready.')
  }
  const remove = async (id: string): Promise<void> => {
    await api.write(`/me/passkeys/${id}/remove`, {}, anything)
    changed()
  }
  const isOffered = knowsPasskeys() && !isOpen
  return (
    <Panel
      title="Passkeys"
      anchor="passkeys"
      about="Fingerprint, face, PIN or a security key: nothing that can be copied or guessed."
      action={
        isOffered && (
          <Button onClick={() => setOpen(true)}>
            <Plus className="size-4" />
            Add a passkey
          </Button>
        )
      }
    >
      {isOpen && (
        <PanelBody>
          <PasskeySetup api={api} done={done} cancel={() => setOpen(false)} />
        </PanelBody>
      )}
      {passkeys.length > 0 && (
        <PanelList label="Passkeys">
          {passkeys.map(({ id, name, createdAt, lastUsedAt }) => (
            <PanelItem
              key={id}
              name={name}
              about={
                <>
                  Added <Moment at={createdAt} />
                  {lastUsedAt === null ? ', not used yet' : ', used '}
                  {lastUsedAt !== null && <Moment at={lastUsedAt} />}
                </>
              }
              action={
                <ActButton
                  look="quiet"
                  act={() => remove(id)}
                  ask={{
                    title: 'Remove the passkey?',
                    about: `${name} signs you in no more, and your other browsers are signed out.`,
                    button: 'Remove',
                  }}
                >
                  Remove
                </ActButton>
              }
            />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}
