import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { AccountLinked, GrantGiven, PrincipalAdded } from '../contract.ts'
import { handleOf, newPrincipal } from '../domain/principal.ts'
import { type Claims, mayJoin } from '../domain/provider.ts'
import type { ExternalNeeds } from './external-ports.ts'
import {
  type Answered,
  Callback,
  closeAttempt,
  openToState,
  readCallback,
} from './read-callback.ts'
import { Browser } from './sign-in.ts'
import type { Account } from './sign-in-ports.ts'
import { SignedInView, startSession } from './start-session.ts'

const HANDLE_TRIES = 20

type Needs = ExternalNeeds & Pick<Words, 'call' | 'emit'>

/** Ends a sign-in through another issuer: the account there stands for somebody here, or joins. */
export const finishExternal = operation<ExternalNeeds>()({
  name: 'identity.finish_external_sign_in',
  about: 'End a sign-in through an issuer with what it sent the browser back with.',
  input: Callback.extend({ agent: Browser.agent }),
  output: SignedInView,
  access: null,
  open: openToState,
  session: true,
  secret: true,
  effect: 'write',
  http: 'POST /sessions/external/finish',
  mcp: null,
  say: ({ handle, stage }) => `@${handle} ${stage ? `has to give: ${stage}` : 'is signed in'}.`,
  ahead: ({ state, code, iss, binding }, words) =>
    readCallback(words, { state, code, iss, binding }),
  async run({ agent }, needs) {
    const { attempt } = needs.ahead
    // A link is ended by who began it, with their own session; never by whoever has the answer.
    if (attempt.principalId !== null) throw noAccountHere()
    await closeAttempt(needs, attempt)
    const account = (await knownAccount(needs, needs.ahead)) ?? (await join(needs, needs.ahead))
    return startSession(needs, account, { amr: ['fed'], agent: agent ?? null })
  },
})

const knownAccount = async (needs: Needs, { claims }: Answered): Promise<Account | null> => {
  const { providers, accounts, call } = needs
  const known = await providers.account(claims.issuer, claims.subject)
  if (!known) return null
  const account = await accounts.lock(known.principalId)
  if (account?.status !== 'active') throw noAccountHere()
  await providers.used(known.id, call.now)
  return account
}

/** Adds a person whose verified address lies in a domain that may come in without an invitation. */
const join = async (needs: Needs, { provider, claims }: Answered): Promise<Account> => {
  const { principals, accounts, grants, providers, call, emit } = needs
  if (!mayJoin(provider, claims) || claims.email === null) throw noAccountHere()
  // The address may belong to somebody here: their account is theirs, and is linked by them only.
  if (await accounts.byEmail(claims.email)) throw noAccountHere()
  const handle = await freeHandle(needs, claims)
  const person = newPrincipal({ id: call.newId(), kind: 'person', handle })
  const principalId = person.id
  await principals.add(person, call.now)
  const { name, email } = claims
  await accounts.setProfile(principalId, { name, email, verifiedAt: call.now })
  emit(
    PrincipalAdded(
      { principalId, kind: 'person', responsibleId: null, version: person.version },
      { personal: { handle, name, email } },
    ),
  )
  const grant = { principalId, role: 'member', projectId: null }
  await grants.give(grant, { id: principalId, at: call.now })
  emit(GrantGiven(grant))
  const accountId = call.newId<'account'>()
  const { issuer, subject } = claims
  const linked = { id: accountId, principalId, issuer, subject }
  await providers.link({ ...linked, linkedAt: call.now, lastUsedAt: call.now })
  emit(AccountLinked({ principalId, accountId, issuer }))
  const account = await accounts.lock(principalId)
  if (!account) throw noAccountHere()
  return account
}

/** Finds a name that nobody has: `ada`, `ada-2`, ... */
const freeHandle = async ({ principals }: Needs, claims: Claims): Promise<string> => {
  const wish = handleOf(claims.email?.split('@')[0] ?? '') ?? 'person'
  const names = [wish, ...Array.from({ length: HANDLE_TRIES }, (_, at) => `${wish}-${at + 2}`)]
  const handles = names.flatMap((name) => handleOf(name) ?? [])
  const taken = new Set((await principals.find({ handles })).map(({ handle }) => handle))
  const free = handles.find((handle) => !taken.has(handle))
  if (free) return free
  const message = 'No name is free for this account; ask an owner for an invitation.'
  throw refuse('conflict', 'identity.handle_taken', message)
}

const noAccountHere = () => {
  const message = 'Nobody here signs in with this account; ask an owner for an invitation.'
  return refuse('unauthenticated', 'identity.no_account_here', message)
}

/** Ends the linking of an account elsewhere to one's own. */
export const finishLink = operation<ExternalNeeds>()({
  name: 'identity.finish_link',
  about: 'Link an account elsewhere to yours with what the issuer sent the browser back with.',
  input: Callback,
  output: z.object({ id: z.uuid(), issuer: z.string() }),
  access: null,
  fresh: true,
  effect: 'write',
  http: 'POST /me/accounts/finish',
  mcp: null,
  say: ({ issuer }) => `Your account at ${issuer} signs you in from now on.`,
  ahead: (callback, words) => readCallback(words, callback),
  async run(_, needs) {
    const { providers, call, emit, ahead } = needs
    const { attempt, claims } = ahead
    if (attempt.principalId !== call.actor.id) throw noAccountHere()
    await closeAttempt(needs, attempt)
    const id = call.newId<'account'>()
    const { issuer, subject } = claims
    const principalId = call.actor.id
    await providers.link({
      ...{ id, principalId, issuer, subject },
      linkedAt: call.now,
      lastUsedAt: null,
    })
    emit(AccountLinked({ principalId, accountId: id, issuer }))
    return { id, issuer }
  },
})
