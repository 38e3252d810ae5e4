import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { SECOND_FACTOR } from '../domain/session.ts'
import { SignInSettingsChanged } from '../events.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

/** Who has to have a second factor. */
export const SecondFactorWord = z.enum(SECOND_FACTOR)

const Settings = z.object({ secondFactor: SecondFactorWord, version: z.int() })

/** Shows how people have to sign in. */
export const getSignInSettings = operation<SignInNeeds>()({
  name: 'identity.get_sign_in_settings',
  about: 'Show who has to have a second factor.',
  input: z.strictObject({}),
  output: Settings,
  access: 'org:read',
  orgWide: true,
  effect: 'read',
  http: 'GET /settings/sign-in',
  mcp: null,
  say: ({ secondFactor }) => `second factor: ${secondFactor}`,
  run: (_, { signInSettings }) => signInSettings.read(),
})

/** Changes how people have to sign in; who is signed in stays so until the next time. */
export const setSignInSettings = operation<SignInNeeds>()({
  name: 'identity.set_sign_in_settings',
  about: 'Set who has to have a second factor: required (all), admins, or optional.',
  input: z.strictObject({ secondFactor: SecondFactorWord, version: z.int().optional() }),
  output: Settings,
  access: 'org:write',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'PUT /settings/sign-in',
  mcp: null,
  say: ({ secondFactor }) => `second factor: ${secondFactor}`,
  async run({ secondFactor, version }, { signInSettings, call, emit }) {
    const before = await signInSettings.read()
    if (version !== undefined && version !== before.version) throw changed()
    if (before.secondFactor === secondFactor) return before
    const after = { secondFactor, version: before.version + 1 }
    if (!(await signInSettings.save(after))) throw changed()
    const change = { from: before.secondFactor, to: secondFactor }
    emit(
      SignInSettingsChanged({
        orgId: call.actor.orgId,
        secondFactor: change,
        version: after.version,
      }),
    )
    return after
  },
})

const changed = () => {
  const message = 'These settings have changed; read them again, then decide.'
  return refuse('conflict', 'identity.settings_changed', message)
}
