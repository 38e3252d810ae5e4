import { KeyRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Refused } from '../../live/api.ts'
import { Button } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { EntryPage } from '../entry/entry-page.tsx'
import { knowsPasskeys, passkeyProof } from '../passkeys.ts'
import { type Factors, isFactors, isSignedIn, strangerApi } from '../views.ts'
import { CodeField } from './code-field.tsx'

type FactorStepProps = Readonly<{
  done(): void
  /** The sign-in is over: too many tries, or too long ago. */
  over(said: string): void
}>

/** Asks for the second factor that a sign-in still lacks. */
export const FactorStep = ({ done, over }: FactorStepProps) => {
  const deed = useDeed()
  const [code, setCode] = useState('')
  const factors = useFactors()
  const finish = async (proof: object): Promise<void> => {
    try {
      await strangerApi.write('/sessions/current/factor', proof, isSignedIn)
      done()
    } catch (thrown) {
      setCode('')
      if (thrown instanceof Refused && ENDED.has(thrown.code)) over(thrown.message)
      else throw thrown
    }
  }
  const withPasskey = async (): Promise<void> => {
    const path = '/sessions/current/passkey-options'
    await finish({ passkey: await passkeyProof(strangerApi, path) })
  }
  const hasCode = factors === null || factors.totp || factors.backupCodesLeft > 0
  const onlyCodes = factors !== null && !factors.totp
  const hasPasskey = factors !== null && factors.passkeys.length > 0 && knowsPasskeys()
  return (
    <EntryPage title="One more step" about="Your account is protected by a second factor.">
      {hasPasskey && (
        <Button
          look={hasCode ? 'plain' : 'filled'}
          className="h-9 w-full"
          disabled={deed.isBusy}
          onClick={() => deed.run(withPasskey)}
        >
          <KeyRound className="size-4" />
          Use a passkey
        </Button>
      )}
      {hasCode ? (
        <Form deed={deed} act={() => finish({ code })} button="Continue" wide>
          <CodeField
            key={String(onlyCodes)}
            value={code}
            change={setCode}
            hasCodes={onlyCodes}
            first
          />
        </Form>
      ) : (
        <p role="alert" className="text-list text-bad empty:hidden">
          {deed.trouble?.said}
        </p>
      )}
    </EntryPage>
  )
}

const ENDED: ReadonlySet<string> = new Set(['identity.session_ended', 'identity.sign_in_needed'])

// Without the answer the step shows the usual way: a code.
const useFactors = (): Factors | null => {
  const [factors, setFactors] = useState<Factors | null>(null)
  useEffect(() => {
    strangerApi.read('/me/factors', isFactors).then(setFactors, () => {})
  }, [])
  return factors
}
