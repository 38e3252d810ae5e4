import { useState } from 'react'
import { KeyRound } from 'lucide-react'
import { Refused, shape } from '../live/api.ts'
import { useHall } from '../live/use-hall.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useDeed } from '../ui/form/deed.ts'
import { Field } from '../ui/form/field.tsx'
import { Form } from '../ui/form/form.tsx'
import { PasswordField } from '../ui/form/password-field.tsx'
import { CodeField } from './factors/code-field.tsx'
import { knowsPasskeys, placeWithName, signWithPasskey } from './passkeys.ts'
import { browserName, deviceWord, noteSignedIn } from './signed-in.ts'
import { isPasskeyAsked, isSignedIn, type SignedIn, strangerApi } from './views.ts'

const isWho = shape<Readonly<{ id: string }>>('id')
const isFine = shape<Readonly<{ stage: string | null }>>('stage')

/**
 * Asks whoever sits here to sign in again after the session has ended. The page stays as it is,
 * what was written included, and what was asked of the hub goes on; for anybody else it is new.
 */
export const AgainDialog = () => {
  const { again, me, writes } = useHall()
  const deed = useDeed()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [needsCode, setNeedsCode] = useState(false)
  const arrive = async ({ stage }: SignedIn): Promise<void> => {
    if (stage === 'factor' && code !== '') {
      const path = '/sessions/current/factor'
      if ((await strangerApi.write(path, { code }, isFine)).stage !== null) return leave()
    } else if (stage === 'factor') {
      setNeedsCode(true)
      throw new Error('Your account is protected by a second factor: fill in its code, too.')
    } else if (stage !== null) return leave()
    const { id } = await strangerApi.read('/me', isWho)
    noteSignedIn()
    // Nothing of one person is shown to another, or sent in their name: the page is loaded anew,
    // with nothing in it.
    if (id !== me()?.id) {
      writes.drop()
      return window.location.reload()
    }
    again.settle(true)
  }
  const leave = (): void => again.settle(false)
  const signIn = async (): Promise<void> => {
    const browser = { device: deviceWord(), agent: browserName(navigator.userAgent) }
    const input = { email, password, ...browser, ...(needsCode && code !== '' && { code }) }
    try {
      await arrive(await strangerApi.write('/sessions', input, isSignedIn))
    } catch (thrown) {
      if (thrown instanceof Refused && thrown.code === 'identity.factor_first') setNeedsCode(true)
      throw thrown
    }
  }
  const withPasskey = async (): Promise<void> => {
    const asked = await strangerApi.write('/passkeys/options', {}, isPasskeyAsked)
    const { challengeId, options } = asked
    const passkey = { challengeId, answer: await signWithPasskey(options) }
    const input = { passkey, agent: browserName(navigator.userAgent) }
    await arrive(await strangerApi.write('/sessions/passkey', input, isSignedIn))
  }
  return (
    <Dialog title="Sign in again" close={leave}>
      <div className="grid gap-4 p-4">
        <p className="text-list text-text-2">
          Your session has ended. What is on this page stays, and goes on when you are back.
        </p>
        <Form
          deed={deed}
          act={signIn}
          button="Sign in"
          aside={
            <Button look="quiet" onClick={leave}>
              Another way
            </Button>
          }
        >
          <Field
            label="E-mail"
            type="email"
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={email}
            change={setEmail}
            required
            first
          />
          <PasswordField kind="current-password" value={password} change={setPassword} />
          {needsCode && <CodeField value={code} change={setCode} />}
        </Form>
        {knowsPasskeys() && placeWithName(window.location) === null && (
          <Button disabled={deed.isBusy} onClick={() => deed.run(withPasskey)}>
            <KeyRound className="size-4" />
            Use a passkey
          </Button>
        )}
      </div>
    </Dialog>
  )
}
