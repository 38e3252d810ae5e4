import { KeyRound, Smartphone } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { shape } from '../../live/api.ts'
import { Button } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { EntryPage } from '../entry/entry-page.tsx'
import { knowsPasskeys } from '../passkeys.ts'
import { strangerApi } from '../views.ts'
import { BackupCodes } from './backup-codes.tsx'
import { PasskeySetup } from './passkey-setup.tsx'
import { TotpSetup } from './totp-setup.tsx'

type Codes = Readonly<{ codes: readonly string[] }>
type At = 'choice' | 'passkey' | 'app' | 'codes'

/** Tells whether an answer holds new backup codes. */
export const isCodes = shape<Codes>('codes')

type EnrolStepProps = Readonly<{ isNeeded: boolean; done(): void }>

/** Sets up a first second factor, then gives out backup codes. */
export const EnrolStep = ({ isNeeded, done }: EnrolStepProps) => {
  const [at, setAt] = useState<At>('choice')
  const [codes, setCodes] = useState<readonly string[]>([])
  const deed = useDeed()
  const giveCodes = (): void => {
    setAt('codes')
    deed.run(async () => setCodes((await strangerApi.write('/me/backup-codes', {}, isCodes)).codes))
  }
  const back = (): void => setAt('choice')
  if (at === 'passkey') {
    return (
      <EntryPage title="Make a passkey">
        <PasskeySetup api={strangerApi} done={giveCodes} cancel={back} />
      </EntryPage>
    )
  }
  if (at === 'app') {
    return (
      <EntryPage title="Set up an authenticator app">
        <TotpSetup api={strangerApi} done={giveCodes} cancel={back} />
      </EntryPage>
    )
  }
  if (at === 'codes') {
    return (
      <EntryPage title="Your backup codes">
        {codes.length > 0 ? (
          <BackupCodes codes={codes} done={done} button="Continue" />
        ) : (
          <div className="grid gap-3">
            <p role="status">{deed.trouble?.said ?? 'Making ten codes ...'}</p>
            {deed.trouble !== null && <Button onClick={done}>Continue without codes</Button>}
          </div>
        )}
      </EntryPage>
    )
  }
  return (
    <EntryPage
      title={isNeeded ? 'Set up a second factor' : 'Protect your account'}
      about={
        isNeeded
          ? 'Your organisation asks for one, so that a lost password lets nobody in.'
          : 'With a second factor, a lost password lets nobody in.'
      }
    >
      {knowsPasskeys() && (
        <Choice
          icon={<KeyRound className="size-5" />}
          name="Passkey"
          about="Fingerprint, face or PIN of this device, or a security key."
          choose={() => setAt('passkey')}
        />
      )}
      <Choice
        icon={<Smartphone className="size-5" />}
        name="Authenticator app"
        about="Six digits from an app on your telephone."
        choose={() => setAt('app')}
      />
      {!isNeeded && (
        <Button look="quiet" onClick={done}>
          Not now
        </Button>
      )}
    </EntryPage>
  )
}

type ChoiceProps = Readonly<{ icon: ReactNode; name: string; about: string; choose(): void }>

const Choice = ({ icon, name, about, choose }: ChoiceProps) => (
  <button
    type="button"
    onClick={choose}
    className="flex items-start gap-3 rounded-card border border-line p-3 text-left hover:bg-hover"
  >
    <span className="mt-0.5 text-accent">{icon}</span>
    <span>
      <span className="block font-medium">{name}</span>
      <span className="block text-list text-text-2">{about}</span>
    </span>
  </button>
)
