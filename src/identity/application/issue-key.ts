import type { Rights } from '../../kernel/access.ts'
import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { KeyIssued } from '../contract.ts'
import { keyEnd, networksBeyond } from '../domain/key.ts'
import type { Principal } from '../domain/principal.ts'
import { type GrantedRole, heldIn, placesOf } from '../domain/rights.ts'
import {
  type Cut,
  type Holder,
  moreThanYouHave,
  refuseMoreThanHeld,
  refuseWider,
} from './guard-grants.ts'
import { type Minted, mintKey } from './mint-key.ts'
import type { GrantStore, KeyStore } from './ports.ts'

/** Days a key lives unless it is said otherwise. */
export const KEY_DAYS = 90
/** Days a key lives at most. */
export const KEY_DAYS_MAX = 365

/** What a key is cut down to, and how long it lives. */
export type KeyTerms = Cut &
  Readonly<{
    name: string
    /** Networks it is bound to; left out or `null`: those of the key in use, if any. */
    addresses?: readonly string[] | null
    days: number
  }>

type Issuing = Readonly<{ keys: KeyStore }> & Pick<Words, 'call' | 'emit'>

/**
 * Makes a key, keeps its hash, says so in an event, and gives its text: the only time. A key that
 * is bound to networks makes only keys that are bound to them.
 */
export const issueKey = async (
  { keys, call, emit }: Issuing,
  { id: principalId, kind }: Principal,
  { name, scopes, projectIds, days, addresses: wanted = null }: KeyTerms,
): Promise<Minted & Readonly<{ expiresAt: number }>> => {
  const bound = await boundTo({ keys, call })
  const addresses = wanted ?? bound
  if (addresses !== null) refuseBeyond(addresses, bound)
  const { tag } = await keys.organisation()
  const minted = mintKey(call, { kind, tag })
  const { id, prefix, secretSha256 } = minted
  const expiresAt = keyEnd(call.now, days)
  const terms = { scopes, projectIds, addresses, expiresAt }
  const made = { createdBy: call.actor.id, createdAt: call.now, revokedAt: null, lastUsedAt: null }
  await keys.add({ id, principalId, name, prefix, ...terms, ...made }, secretSha256)
  const cut = { scopes: scopes && [...scopes], projectIds: projectIds && [...projectIds] }
  const parts = addresses ? { personal: { addresses: [...addresses] } } : undefined
  emit(KeyIssued({ keyId: id, principalId, ...cut, expiresAt }, parts))
  return { ...minted, expiresAt }
}

/** Gives the networks that the key in use is bound to; `null`: none. */
export const boundTo = async ({
  keys,
  call: { actor },
}: Pick<Issuing, 'keys' | 'call'>): Promise<readonly string[] | null> => {
  if (actor.via !== 'key' || actor.credentialId === undefined) return null
  return (await keys.get(actor.credentialId)).addresses ?? null
}

const refuseBeyond = (addresses: readonly string[], bound: readonly string[] | null): void => {
  const beyond = networksBeyond(addresses, bound)
  if (beyond.length > 0) throw moreThanYouHave(beyond)
}

/** Refuses a key that would let somebody do more than its maker may with the credential in use. */
export const refuseStrongerKey = async (
  { grants, call }: Readonly<{ grants: Pick<GrantStore, 'rights'> }> & Pick<Words, 'call'>,
  own: Holder,
  { holder, ...asked }: Cut & Readonly<{ holder: Principal }>,
): Promise<void> => {
  const { actor, now } = call
  if (holder.status !== 'active') throw notActive(holder.handle)
  const theirs = holder.id === actor.id ? own.rights : await grants.rights(holder.id, { now })
  refuseWider(actor, asked)
  refuseMoreThanHeld(own, cut(theirs, asked))
}

/** Gives what a key lets its holder do, place by place. */
const cut = (rights: Rights, { scopes, projectIds: ids }: Cut): readonly GrantedRole[] => {
  const places =
    ids === null
      ? placesOf(rights)
      : ids.map((projectId) => ({ holds: heldIn(rights, { projectId }), projectId }))
  if (scopes === null) return places
  const wanted = new Set(scopes)
  return places.map(({ holds, ...place }) => ({
    ...place,
    holds: new Map([...holds].filter(([permission]) => wanted.has(permission))),
  }))
}

const notActive = (handle: string) => {
  const message = `@${handle} is not active, and a key would let nobody in; activate it first.`
  return refuse('conflict', 'identity.not_active', message)
}
