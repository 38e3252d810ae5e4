import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { PasswordField } from '../../ui/form/password-field.tsx'

type PasswordPanelProps = Readonly<{ hasPassword: boolean; changed(): void }>

/** Lets one change the password. */
export const PasswordPanel = ({ hasPassword, changed }: PasswordPanelProps) => {
  const [isOpen, setOpen] = useState(false)
  const close = (): void => setOpen(false)
  const verb = hasPassword ? 'Change password' : 'Set a password'
  return (
    <Panel
      title="Password"
      anchor="password"
      about={hasPassword ? 'A change signs your other browsers out.' : 'You have none yet.'}
      action={!isOpen && <Button onClick={() => setOpen(true)}>{verb}</Button>}
    >
      {isOpen && (
        <PanelBody>
          <PasswordForm {...{ hasPassword, changed, close }} />
        </PanelBody>
      )}
    </Panel>
  )
}

const PasswordForm = (props: PasswordPanelProps & Readonly<{ close(): void }>) => {
  const { hasPassword, changed, close } = props
  const { api, notices } = useHall()
  const deed = useDeed()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = async (): Promise<void> => {
    const input = { password, ...(hasPassword && { current }) }
    await api.change(['PUT', '/me/password'], input, anything)
    notices.show('ok', 'Your password is changed.')
    close()
    changed()
  }
  return (
    <Form
      deed={deed}
      act={change}
      button={hasPassword ? 'Change password' : 'Set the password'}
      fields={['password']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      {hasPassword && (
        <PasswordField
          label="Current password"
          kind="current-password"
          value={current}
          change={setCurrent}
          first
        />
      )}
      <PasswordField
        label="New password"
        kind="new-password"
        value={password}
        change={setPassword}
        problem={problemAt(deed, 'password')}
        first={!hasPassword}
        hint
      />
    </Form>
  )
}
