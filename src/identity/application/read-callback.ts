import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Claims } from '../domain/provider.ts'
import type { Provider } from '../domain/provider.ts'
import { parseSession } from '../domain/session.ts'
import type { Attempt, ExternalNeeds } from './external-ports.ts'
import { sha256 } from './mint-key.ts'
import { CALLBACK_PATH } from './start-external.ts'

/** What the page sends of the address that the issuer sent it back to. */
export const Callback = z.strictObject({
  state: z.string().max(200),
  code: z.string().min(1).max(2000),
  iss: z.string().max(500).optional(),
  binding: z.string().max(200),
})

/** What an answer of an issuer came to. */
export type Answered = Readonly<{ attempt: Attempt; provider: Provider; claims: Claims }>

/** Finds the organisation in a callback's state. */
export const openToState = ({ state }: Readonly<{ state: string }>) => {
  const parts = parseSession(state)
  return { tag: parts?.tag ?? '' }
}

/** Checks whose answer it is and asks the issuer who the person is. */
export const readCallback = async (
  { providers, issuers, site, call }: ExternalNeeds & Pick<Words, 'call'>,
  { state, code, iss, binding }: Readonly<z.output<typeof Callback>>,
): Promise<Answered> => {
  const parts = parseSession(state)
  const attempt = parts && (await providers.attempt(parts.id, call.now))
  if (!attempt || !isSame(attempt.stateSha256, state)) throw notOurs()
  if (!isSame(attempt.bindingSha256, binding)) throw notOurs()
  const provider = await providers.find({ id: attempt.providerId })
  if (!provider) throw notOurs()
  const secret = await providers.secretOf(provider)
  const callback = new URL(`${site.address()}${CALLBACK_PATH}`)
  callback.searchParams.set('state', state)
  callback.searchParams.set('code', code)
  if (iss !== undefined) callback.searchParams.set('iss', iss)
  const { nonce, verifier } = attempt
  const claims = await issuers.claims(
    { provider, clientSecret: () => secret },
    { callback: callback.href, state, nonce, verifier },
  )
  return { attempt, provider, claims }
}

/** Closes the sign-in under way; refuses where it was closed meanwhile. */
export const closeAttempt = async (
  { providers, call }: Pick<ExternalNeeds, 'providers'> & Pick<Words, 'call'>,
  { id }: Attempt,
): Promise<void> => {
  if (!(await providers.closeAttempt(id, call.now))) throw notOurs()
}

const isSame = (kept: Uint8Array, given: string): boolean =>
  timingSafeEqual(kept, sha256(Buffer.from(given)))

const notOurs = () => {
  const message = 'This sign-in was not begun in this browser, or it took too long; start again.'
  return refuse('unauthenticated', 'identity.external_sign_in_failed', message)
}
