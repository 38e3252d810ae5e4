import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { TotpSetup } from '../factors/totp-setup.tsx'

type TotpPanelProps = Readonly<{ isOn: boolean; changed(): void }>

/** Shows whether one has an authenticator app. */
export const TotpPanel = ({ isOn, changed }: TotpPanelProps) => {
  const { api, notices } = useHall()
  const [isOpen, setOpen] = useState(false)
  const done = (): void => {
    setOpen(false)
    changed()
    notices.show('ok', 'The authenticator app is in use.')
  }
  const remove = async (): Promise<void> => {
    await api.write('/me/totp/remove', {}, anything)
    changed()
  }
  return (
    <Panel
      title="Authenticator app"
      anchor="authenticator"
      about="Six digits from an app on your telephone, asked for after the password."
      action={
        !isOpen && (
          <div className="flex flex-wrap items-center gap-1.5">
            {isOn && <Badge hue="ok">In use</Badge>}
            <Button onClick={() => setOpen(true)}>{isOn ? 'Replace' : 'Set up'}</Button>
            {isOn && (
              <ActButton
                look="quiet"
                act={remove}
                ask={{
                  title: 'Remove the authenticator app?',
                  about: 'No codes are asked for any more, and your other browsers are signed out.',
                  button: 'Remove',
                }}
              >
                Remove
              </ActButton>
            )}
          </div>
        )
      }
    >
      {isOpen && (
        <PanelBody>
          <TotpSetup api={api} done={done} cancel={() => setOpen(false)} />
        </PanelBody>
      )}
    </Panel>
  )
}
