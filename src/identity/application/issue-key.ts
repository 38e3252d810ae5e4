import type { Words } from '../../kernel/operation.ts'
import { KeyIssued } from '../contract.ts'
import type { Principal } from '../domain/principal.ts'
import { type Minted, mintKey } from './mint-key.ts'
import type { KeyStore } from './ports.ts'

/** Days a key lives unless it is said otherwise. */
export const KEY_DAYS = 90
/** Days a key lives at most. */
export const KEY_DAYS_MAX = 365

const DAY_MS = 86_400_000

/** What a key is cut down to, and how long it lives. */
export type KeyTerms = Readonly<{
  name: string
  scopes: readonly string[] | null
  projectIds: readonly string[] | null
  days: number
}>

/** Makes a key, keeps its hash, says so in an event, and gives its text: the only time. */
export const issueKey = async (
  { keys, call, emit }: Readonly<{ keys: KeyStore }> & Pick<Words, 'call' | 'emit'>,
  { id: principalId, kind }: Principal,
  { name, scopes, projectIds, days }: KeyTerms,
): Promise<Minted & Readonly<{ expiresAt: number }>> => {
  const { tag } = await keys.organisation()
  const minted = mintKey(call, { kind, tag })
  const { id, prefix, secretSha256 } = minted
  const expiresAt = Math.trunc(call.now) + days * DAY_MS
  const terms = { scopes, projectIds, expiresAt }
  const made = { createdBy: call.actor.id, createdAt: call.now, revokedAt: null, lastUsedAt: null }
  await keys.add({ id, principalId, name, prefix, ...terms, ...made }, secretSha256)
  emit(
    KeyIssued({
      keyId: id,
      principalId,
      scopes: scopes && [...scopes],
      projectIds: projectIds && [...projectIds],
      expiresAt,
    }),
  )
  return { ...minted, expiresAt }
}
