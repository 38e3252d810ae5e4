import { useCallback } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { TroubleLine } from '../../ui/state/trouble-line.tsx'
import { SettingsPage } from '../../shell/settings-page.tsx'
import { isFactors } from '../views.ts'
import { AccountsPanel } from './accounts-panel.tsx'
import { CodesPanel } from './codes-panel.tsx'
import { KeysPanel } from './keys-panel.tsx'
import { PasskeysPanel } from './passkeys-panel.tsx'
import { PasswordPanel } from './password-panel.tsx'
import { ProfilePanel } from './profile-panel.tsx'
import { ProgramsPanel } from './programs-panel.tsx'
import { SessionsPanel } from './sessions-panel.tsx'
import { TotpPanel } from './totp-panel.tsx'

/** Shows how one signs in, where one is signed in, and what acts in one's name. */
export const SecurityPage = () => {
  const { isByKey } = useHall()
  const { data: factors, trouble, again } = useRead('/me/factors', isFactors)
  const changed = useCallback(() => again(), [again])
  return (
    <SettingsPage
      title="Security"
      about="How you sign in, where you are signed in, and what acts in your name."
    >
      {isByKey && (
        <p role="status" className="rounded-card bg-wait-soft p-3 text-list">
          This tab works with an API key. Sign in with a browser session to change how you sign in:
          run <code className="font-mono">guildhall open</code>.
        </p>
      )}
      {trouble !== null && <TroubleLine said={trouble} again={again} />}
      <ProfilePanel />
      {factors !== null && (
        <>
          <PasswordPanel hasPassword={factors.password} changed={changed} />
          <PasskeysPanel passkeys={factors.passkeys} changed={changed} />
          <TotpPanel isOn={factors.totp} changed={changed} />
          <CodesPanel factors={factors} changed={changed} />
        </>
      )}
      <SessionsPanel />
      <AccountsPanel />
      <ProgramsPanel />
      <KeysPanel />
    </SettingsPage>
  )
}
