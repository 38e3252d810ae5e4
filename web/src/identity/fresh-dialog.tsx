import { KeyRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useHall } from '../live/use-hall.ts'
import { Button } from '../ui/button.tsx'
import { useDeed } from '../ui/form/deed.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Form } from '../ui/form/form.tsx'
import { PasswordField } from '../ui/form/password-field.tsx'
import { CodeField } from './factors/code-field.tsx'
import { knowsPasskeys, passkeyProof, placeWithName } from './passkeys.ts'
import { type Factors, isFactors, isSignedIn } from './views.ts'

/** Asks whoever sits here to show anew that they are who signed in; then what they did goes on. */
export const FreshDialog = () => {
  const { api, fresh } = useHall()
  const deed = useDeed()
  const factors = useFactors()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const refresh = async (proof: object): Promise<void> => {
    await api.write('/sessions/current/refresh', proof, isSignedIn)
    fresh.settle(true)
  }
  const withPasskey = async (): Promise<void> => {
    await refresh({ passkey: await passkeyProof(api, '/sessions/current/passkey-options') })
  }
  const hasPasskey = factors !== null && factors.passkeys.length > 0
  const mayPasskey = hasPasskey && knowsPasskeys() && placeWithName(window.location) === null
  const needsCode = factors !== null && (factors.totp || hasPasskey)
  return (
    <Dialog title="Confirm that it is you" close={() => fresh.settle(false)}>
      <div className="grid gap-4 p-4">
        <p className="text-list text-text-2">
          This changes something that matters, and you signed in a while ago.
        </p>
        {factors !== null && (
          <>
            {mayPasskey && (
              <Button disabled={deed.isBusy} onClick={() => deed.run(withPasskey)}>
                <KeyRound className="size-4" />
                Use a passkey
              </Button>
            )}
            <Form
              deed={deed}
              act={() => refresh({ password, ...(needsCode && { code }) })}
              button="Confirm"
            >
              <PasswordField
                kind="current-password"
                value={password}
                change={setPassword}
                first={!mayPasskey}
              />
              {needsCode && <CodeField value={code} change={setCode} hasCodes={!factors.totp} />}
            </Form>
          </>
        )}
      </div>
    </Dialog>
  )
}

const NONE: Factors = {
  password: true,
  totp: false,
  passkeys: [],
  backupCodesLeft: 0,
  isNeeded: false,
}

const useFactors = (): Factors | null => {
  const { api } = useHall()
  const [factors, setFactors] = useState<Factors | null>(null)
  useEffect(() => {
    api.read('/me/factors', isFactors).then(setFactors, () => setFactors(NONE))
  }, [api])
  return factors
}
