import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { ATTEMPT_MS } from '../domain/provider.ts'
import { formatSession, SESSION_SECRET_BYTES } from '../domain/session.ts'
import { sessionInUse } from './current-session.ts'
import type { Attempt, ExternalNeeds } from './external-ports.ts'
import { sha256 } from './mint-key.ts'
import { OrganisationSlug, openToSlug } from './sign-in.ts'

const Key = z.string().regex(/^[a-z][a-z0-9-]{0,38}$/, 'A key is like github')

/** The address that issuers send browsers back to; it has to be registered there. */
export const CALLBACK_PATH = '/sign-in/callback'

const Started = z.object({
  /** Where the browser goes now. */
  address: z.string(),
  /** What the page keeps and sends with the answer: another browser does not have it. */
  binding: z.string(),
})

type StartNeeds = ExternalNeeds & Pick<Words, 'call'>
type Ready = Readonly<{ attempt: Attempt; started: z.output<typeof Started> }>

/** Works out, before anything is written, where to send the browser and how to know it again. */
const prepare = async (
  { providers, issuers, keys, site, call }: StartNeeds,
  { key, principalId }: Readonly<{ key: string; principalId: string | null }>,
): Promise<Ready> => {
  const provider = await providers.find({ key })
  if (!provider) throw notFound('This way to sign in')
  const [{ tag }, clientSecret] = await Promise.all([
    keys.organisation(),
    providers.secretOf(provider),
  ])
  const chance = () =>
    Buffer.from(call.random(new Uint8Array(SESSION_SECRET_BYTES))).toString('base64url')
  const [secret, binding, nonce, verifier] = [chance(), chance(), chance(), chance()]
  const id = call.newId<'attempt'>()
  const state = formatSession({ tag, id, secret })
  const to = await issuers.authorizationAddress(
    { provider, clientSecret: () => clientSecret },
    { state, nonce, verifier, redirectUri: `${site.address()}${CALLBACK_PATH}` },
  )
  const attempt: Attempt = {
    id,
    providerId: provider.id,
    principalId,
    stateSha256: sha256(Buffer.from(state)),
    bindingSha256: sha256(Buffer.from(binding)),
    ...{ nonce, verifier },
    expiresAt: Math.trunc(call.now) + ATTEMPT_MS,
  }
  return { attempt, started: { address: to, binding } }
}

/** Begins a sign-in through another issuer. */
export const startExternal = operation<ExternalNeeds>()({
  name: 'identity.start_external_sign_in',
  about: 'Begin to sign in through an issuer such as GitHub: gives the address to go to.',
  input: z.strictObject({
    provider: Key,
    organisation: OrganisationSlug,
  }),
  output: Started,
  access: null,
  open: openToSlug,
  effect: 'write',
  secret: true,
  http: 'POST /sessions/external',
  mcp: null,
  ahead: ({ provider }, words) => prepare(words, { key: provider, principalId: null }),
  async run(_, { providers, ahead }) {
    await providers.addAttempt(ahead.attempt)
    return ahead.started
  },
})

/** Begins to link an account elsewhere to one's own; only who has just signed in may. */
export const startLink = operation<ExternalNeeds>()({
  name: 'identity.start_link',
  about: 'Begin to link an account elsewhere to yours: gives the address to go to.',
  input: z.strictObject({ provider: Key }),
  output: Started,
  access: null,
  fresh: true,
  effect: 'write',
  secret: true,
  http: 'POST /me/accounts',
  mcp: null,
  async ahead({ provider }, words) {
    sessionInUse(words)
    return prepare(words, { key: provider, principalId: words.call.actor.id })
  },
  async run(_, { providers, ahead }) {
    await providers.addAttempt(ahead.attempt)
    return ahead.started
  },
})
