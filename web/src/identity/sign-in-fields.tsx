import { useState } from 'react'
import { Refused } from '../live/api.ts'
import { Field } from '../ui/form/field.tsx'
import { PasswordField } from '../ui/form/password-field.tsx'
import { CodeField } from './factors/code-field.tsx'
import { passkeyProof } from './passkeys.ts'
import { browserName, deviceWord } from './signed-in.ts'
import { isSignedIn, type SignedIn, strangerApi } from './views.ts'

type Filled = Readonly<{ email: string; password: string; code: string }>

const NOTHING: Filled = { email: '', password: '', code: '' }

/** A sign-in that somebody is filling in. */
export type SignIn = Readonly<{
  filled: Filled
  fill(some: Partial<Filled>): void
  needsCode: boolean
  /** Asks for the code of a second factor, too. */
  askCode(): void
  /** Sends it; the organisation is known from the address, if from anywhere. */
  send(organisation?: string): Promise<SignedIn>
}>

/** Keeps what somebody fills in to sign in, and sends it. */
export const useSignIn = (): SignIn => {
  const [filled, setFilled] = useState(NOTHING)
  const [needsCode, setNeedsCode] = useState(false)
  const askCode = (): void => setNeedsCode(true)
  return {
    ...{ filled, needsCode, askCode },
    fill: (some) => setFilled((now) => ({ ...now, ...some })),
    async send(organisation) {
      const { code, ...who } = filled
      const browser = { device: deviceWord(), agent: browserName(navigator.userAgent) }
      const more = {
        ...(needsCode && code !== '' && { code }),
        ...(organisation && { organisation }),
      }
      try {
        return await strangerApi.write('/sessions', { ...who, ...browser, ...more }, isSignedIn)
      } catch (thrown) {
        if (thrown instanceof Refused && thrown.code === 'identity.factor_first') askCode()
        throw thrown
      }
    },
  }
}

/** Signs in with a passkey instead. */
export const sendPasskey = async (
  named: Readonly<{ organisation?: string }> = {},
): Promise<SignedIn> => {
  const passkey = await passkeyProof(strangerApi, '/passkeys/options', named)
  const input = { passkey, agent: browserName(navigator.userAgent), ...named }
  return strangerApi.write('/sessions/passkey', input, isSignedIn)
}

/** Shows the fields of a sign-in: e-mail and password, and the code where it is asked for. */
export const SignInFields = ({ filled, fill, needsCode }: SignIn) => (
  <>
    <Field
      label="E-mail"
      type="email"
      name="username"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      value={filled.email}
      change={(email) => fill({ email })}
      required
      first
    />
    <PasswordField
      kind="current-password"
      value={filled.password}
      change={(password) => fill({ password })}
    />
    {needsCode && <CodeField value={filled.code} change={(code) => fill({ code })} />}
  </>
)
