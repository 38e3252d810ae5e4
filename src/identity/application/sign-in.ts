import { z } from 'zod'
import { type OpenTo, operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { PASSWORD_UNITS_MAX } from '../domain/password.ts'
import { checkFactor, spendFactor } from './check-factor.ts'
import type { Account, SignInNeeds, SignInTry } from './sign-in-ports.ts'
import { SignedInView, startSession } from './start-session.ts'

/** An organisation as whoever signs in names it; left out: the only one of the hub. */
export const OrganisationSlug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,38}$/, 'An organisation is like main')
  .optional()

/** Says which organisation a sign-in is about. */
export const openToSlug = ({
  organisation,
}: Readonly<{ organisation?: string | undefined }>): OpenTo =>
  organisation === undefined ? null : { slug: organisation }

/** What a browser may say of itself. */
export const Browser = {
  device: z
    .string()
    .regex(/^[0-9A-Za-z_-]{22,128}$/)
    .optional()
    .describe('A random word this browser keeps; where it was before, nobody is slowed down'),
  agent: z.string().max(200).optional().describe('What the list of sessions calls this browser'),
}

// Nobody has this id: an account that does not exist costs the same questions.
const NOBODY = '00000000-0000-7000-8000-000000000003'

/** Signs a person in with a password. */
export const signIn = operation<SignInNeeds>()({
  name: 'identity.sign_in',
  about: 'Sign in with e-mail and password. A second factor may be asked for next.',
  input: z.strictObject({
    organisation: OrganisationSlug,
    email: z.string().max(254),
    password: z.string().max(PASSWORD_UNITS_MAX),
    code: z.string().max(64).optional().describe('A code of the second factor, if it is asked for'),
    ...Browser,
  }),
  output: SignedInView,
  access: null,
  effect: 'write',
  open: openToSlug,
  session: true,
  secret: true,
  http: 'POST /sessions',
  mcp: null,
  say: ({ handle, stage }) => `@${handle} ${stage ? `has to give: ${stage}` : 'is signed in'}.`,
  async ahead({ email, password, code, device }, needs) {
    const { accounts, hasher, throttle, call } = needs
    const attempt: SignInTry = {
      ...{ account: email, address: call.address },
      ...{ device: device ?? null, now: call.now },
    }
    const verdict = await throttle.before(attempt)
    if (verdict === 'factor' && code === undefined) throw factorFirst()
    const account = await accounts.byEmail(email)
    const given = { principalId: account?.id ?? NOBODY, account: email, now: call.now }
    // Whatever there is of an account, one hash is computed; for a code there is one more.
    const fits = await hasher.verify(account?.phc ?? null, password)
    const proof =
      verdict === 'factor' && code !== undefined
        ? await checkFactor(needs, { ...given, code })
        : null
    const lacksFactor = verdict === 'factor' && proof === null
    if (!fits || account?.status !== 'active' || lacksFactor) {
      await throttle.failed(attempt)
      throw signInFailed()
    }
    await throttle.passed(attempt)
    const better = account.phc !== null && hasher.isOutdated(account.phc)
    return { account, proof, phc: better ? await hasher.hash(password) : null }
  },
  async run({ agent }, needs) {
    const { accounts, ahead } = needs
    const account = await accounts.lock(ahead.account.id)
    if (!account || !isStill(account, ahead.account)) throw signInFailed()
    if (ahead.phc !== null && account.phc !== null) {
      await accounts.rehash(account.id, { from: account.phc, to: ahead.phc })
    }
    const more = ahead.proof ? await spendFactor(needs, account.id, ahead.proof) : []
    return startSession(needs, account, { amr: ['pwd', ...more], agent: agent ?? null })
  },
})

/** Tells whether an account is as it was when its password was looked at. */
const isStill = (now: Account, then: Account): boolean =>
  now.status === 'active' && now.phc === then.phc && now.epoch === then.epoch

const signInFailed = () =>
  refuse('unauthenticated', 'identity.sign_in_failed', 'E-mail or password is not right.')

const factorFirst = () => {
  const message =
    'Too many passwords were tried here: send a code of your second factor as well, use a ' +
    'passkey, or set a new password by a link.'
  return refuse('unauthenticated', 'identity.factor_first', message)
}
