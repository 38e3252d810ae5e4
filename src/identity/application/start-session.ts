import { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Handle } from '../contract.ts'
import {
  formatSession,
  SESSION_MS,
  SESSION_SECRET_BYTES,
  SESSIONS_MAX,
  STAGE_MS,
  stageOf,
} from '../domain/session.ts'
import { SessionRevoked, SignedIn } from '../events.ts'
import { sha256 } from './mint-key.ts'
import type { Account, Session, SignInNeeds } from './sign-in-ports.ts'

/** What a sign-in gives: `session` goes into a cookie, the rest says who and what is missing. */
export const SignedInView = z.object({
  session: z.string().nullable(),
  /** What is missing: a code of the second factor, or a second factor at all; `null`: nothing. */
  stage: z.enum(['factor', 'enrol']).nullable(),
  handle: Handle,
  name: z.string().nullable(),
  organisation: z.object({ slug: z.string(), name: z.string() }),
})

/** Who signed in, as it leaves; `session` is taken out by the door. */
export type Started = z.output<typeof SignedInView> & Readonly<{ sessionId: string }>

type Needs = Pick<
  SignInNeeds,
  'sessions' | 'keys' | 'factors' | 'passkeys' | 'grants' | 'signInSettings'
> &
  Pick<Words, 'call' | 'emit'>

/** How somebody has shown who they are. */
export type Proof = Readonly<{
  /** In the words of RFC 8176; `mfa` among them: no second factor is asked for. */
  amr: readonly string[]
  /** Set where the proof is no fresh one: a key that lies in a file shows who has the file. */
  isStale?: boolean
  /** The browser, for the list of one's sessions. */
  agent?: string | null
}>

/**
 * Starts a session of an account that the caller has locked, and finds out what is missing of the
 * sign-in. The secret is new and was shown to nobody before.
 */
export const startSession = async (
  needs: Needs,
  account: Account,
  { amr, isStale = false, agent = null }: Proof,
): Promise<Started> => {
  const { sessions, call, emit } = needs
  const stage = await standingOf(needs, account, amr)
  const { secret, secretSha256 } = newSecret(call)
  const session: Session = {
    id: call.newId<'session'>(),
    ...{ principalId: account.id, stage, epoch: account.epoch, amr, agent },
    authTime: isStale ? 0 : call.now,
    createdAt: call.now,
    lastSeenAt: call.now,
    expiresAt: call.now + (stage === null ? SESSION_MS : STAGE_MS),
    address: call.address ?? null,
  }
  const keep = { count: SESSIONS_MAX - 1, now: call.now }
  for (const sessionId of await sessions.revokeOldest(account.id, keep)) {
    emit(SessionRevoked({ sessionId, principalId: account.id, why: 'too_many_sessions' }))
  }
  await sessions.add(session, secretSha256)
  emit(signedIn(session))
  return view(needs, account, { session, secret })
}

/** What a session becomes when its holder has shown more. */
export type Rise = Readonly<{
  amr: readonly string[]
  /** The account's epoch, where it rose with this. */
  epoch?: number
  /** Set where nothing was shown: only the secret changes. */
  isSame?: boolean
}>

/** Lets a session rise: it gets another secret, and the one before it is dead. */
export const raiseSession = async (
  needs: Needs,
  { session, account }: Readonly<{ session: Session; account: Account }>,
  { amr: more, epoch = session.epoch, isSame = false }: Rise,
): Promise<Started> => {
  const { sessions, call, emit } = needs
  const amr = [...new Set([...session.amr, ...more])]
  const { secret, secretSha256 } = newSecret(call)
  const authTime = isSame ? session.authTime : call.now
  const expiresAt = session.createdAt + SESSION_MS
  const to = { stage: null, epoch, amr, authTime, expiresAt }
  if (!(await sessions.change(session.id, { ...to, secretSha256 }))) throw sessionEnded()
  const risen = { ...session, ...to }
  emit(signedIn(risen))
  return view(needs, account, { session: risen, secret })
}

/** Says that a session is over, as the door does. */
export const sessionEnded = () =>
  refuse('unauthenticated', 'identity.session_ended', 'Your session has ended; sign in again.')

const signedIn = ({ id: sessionId, principalId, stage, amr, address, agent }: Session) =>
  SignedIn(
    { sessionId, principalId, stage, amr: [...amr] },
    { personal: { ...(address && { address }), ...(agent && { agent }) } },
  )

const newSecret = ({ random }: Words['call']) => {
  const secret = Buffer.from(random(new Uint8Array(SESSION_SECRET_BYTES))).toString('base64url')
  return { secret, secretSha256: sha256(Buffer.from(secret)) }
}

const view = async (
  { keys }: Needs,
  { handle, name }: Account,
  { session, secret }: Readonly<{ session: Session; secret: string }>,
): Promise<Started> => {
  const { tag, slug, name: title } = await keys.organisation()
  return {
    session: formatSession({ tag, id: session.id, secret }),
    sessionId: session.id,
    ...{ stage: session.stage, handle, name },
    organisation: { slug, name: title },
  }
}

const standingOf = async (needs: Needs, account: Account, amr: readonly string[]) => {
  const [{ secondFactor }, factors, isAdmin] = await Promise.all([
    needs.signInSettings.read(),
    factorsOf(needs, account.id),
    isAdminHere(needs, account.id),
  ])
  const { hasFactor, hasPasskey } = factors
  const isSetUp = account.phc !== null || hasPasskey || !amr.includes('swk')
  return stageOf({
    ...{ setting: secondFactor, isAdmin, hasFactor, isSetUp },
    isStrong: amr.includes('mfa'),
  })
}

/** Finds out which second factors an account has. */
export const factorsOf = async (
  { factors, passkeys }: Pick<SignInNeeds, 'factors' | 'passkeys'>,
  principalId: string,
) => {
  const [hasTotp, keys] = await Promise.all([
    factors.hasTotp(principalId),
    passkeys.listOf(principalId),
  ])
  return { hasTotp, hasPasskey: keys.length > 0, hasFactor: hasTotp || keys.length > 0 }
}

/** Tells whether somebody owns or administers the organisation. */
export const isAdminHere = async ({ grants }: Pick<SignInNeeds, 'grants'>, principalId: string) =>
  (await grants.of([principalId])).some(
    ({ role, projectId }) => projectId === null && (role === 'owner' || role === 'admin'),
  )
