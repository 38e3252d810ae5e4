import { hash, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Rights } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Database } from '../../platform/database.ts'
import { databaseAway, retryOf } from '../../platform/database-errors.ts'
import { sha256 } from '../application/mint-key.ts'
import { HUB_ORG } from '../contract.ts'
import { KEY_LENGTH, type KeyParts, parseKey } from '../domain/key.ts'
import type { PrincipalKind } from '../domain/principal.ts'
import { grantStore } from './grant-store.ts'
import { noteUse } from './key-store.ts'

// Keys and rights stay in memory until something happens to identity in their organisation: every
// entry carries the organisation's generation, and `forget` raises it. So an entry that was read
// before a revocation cannot be found after it, even if it is put into the cache later.

const ENTRIES_MAX = 10_000

/** Says who calls and what they may do; at once where it is known, else after asking SQL. */
export type AccessSource = Readonly<{
  authenticate(credential: string | undefined): Actor | Promise<Actor>
  rightsOf(actor: Actor): Rights | Promise<Rights>
  /** Drops what an organisation's events may have changed; other rooms' events change nothing. */
  forget(orgId: string, names: readonly string[]): void
  /** Writes down when keys were used; the caller decides how often. */
  flush(): Promise<void>
}>

type AccessOptions = Readonly<{
  database: Database
  now: () => number
  /** Tells whether the ledger was heard within the last second; else SQL is asked every time. */
  fresh: () => boolean
}>

type KnownKey = Readonly<{
  actor: Actor
  keyId: string
  expiresAt: number | null
  generation: number
}>
type KnownRights = Readonly<{ rights: Rights; generation: number }>

/** Makes the source of actors and rights of one process. */
export const accessSource = ({ database, now, fresh }: AccessOptions): AccessSource => {
  const generations = new Map<string, number>()
  const keys = new LRUCache<string, KnownKey>({ max: ENTRIES_MAX })
  const rights = new LRUCache<string, KnownRights>({ max: ENTRIES_MAX })
  const orgs = new LRUCache<string, string>({ max: ENTRIES_MAX })
  const used = new LRUCache<string, Readonly<{ orgId: string; at: number }>>({ max: ENTRIES_MAX })
  const generationOf = (orgId: string) => generations.get(orgId) ?? 0

  const admit = ({ actor, keyId, expiresAt }: Omit<KnownKey, 'generation'>): Actor => {
    const at = now()
    if (expiresAt !== null && expiresAt <= at) throw notValid()
    used.set(keyId, { orgId: actor.orgId, at })
    return actor
  }

  const lookUp = async (parts: KeyParts, digest: string): Promise<Actor> => {
    const orgId = orgs.get(parts.tag) ?? (await findOrg(database, parts.tag))
    if (orgId === undefined) throw notValid()
    orgs.set(parts.tag, orgId)
    const generation = generationOf(orgId)
    const found = await findKey(database, orgId, parts)
    if (!found) throw notValid()
    const known = { ...found, generation }
    if (generation === generationOf(orgId)) keys.set(digest, known)
    return admit(known)
  }

  const compile = async ({ orgId, id }: Actor): Promise<Rights> => {
    const generation = generationOf(orgId)
    const compiled = await grantStore({ sql: database.read(orgId), orgId }).rights(id)
    if (generation === generationOf(orgId)) {
      rights.set(`${orgId}/${id}`, { rights: compiled, generation })
    }
    return compiled
  }

  return {
    authenticate(credential) {
      if (credential === undefined) throw missing()
      if (credential.length !== KEY_LENGTH) throw malformed()
      const digest = hash('sha256', credential, 'base64')
      const hit = keys.get(digest)
      if (hit && hit.generation === generationOf(hit.actor.orgId) && fresh()) return admit(hit)
      const parts = parseKey(credential)
      if (!parts) throw malformed()
      return lookUp(parts, digest).catch(orAway)
    },
    rightsOf(actor) {
      if (actor.kind === 'system') return NO_RIGHTS
      const hit = rights.get(`${actor.orgId}/${actor.id}`)
      if (hit && hit.generation === generationOf(actor.orgId) && fresh()) return hit.rights
      return compile(actor).catch(orAway)
    },
    forget(orgId, names) {
      if (!names.some((name) => name.startsWith('identity.'))) return
      generations.set(orgId, generationOf(orgId) + 1)
    },
    async flush() {
      const byOrg = new Map<string, { keyId: string; at: number }[]>()
      for (const [keyId, { orgId, at }] of used.entries()) {
        const uses = byOrg.get(orgId) ?? []
        uses.push({ keyId, at })
        byOrg.set(orgId, uses)
      }
      used.clear()
      for (const [orgId, uses] of byOrg) await noteUse(database, orgId, uses)
    },
  }
}

const NO_RIGHTS: Rights = { org: new Map(), projects: new Map() }

const findOrg = async (database: Database, tag: string): Promise<string | undefined> => {
  // The directory is a reference table; the organisation that asks makes no difference.
  const found = await database.read(HUB_ORG).maybe<{ orgId: string }>`
    select org_id as "orgId" from identity.org_directory where tag = ${tag}`
  return found?.orgId
}

type KeyRow = Readonly<{
  principalId: string
  kind: PrincipalKind
  handle: string
  epoch: number
  /** The person who answers for an agent. */
  behalf: string | null
  secret: Buffer
  scopes: readonly string[] | null
  projectIds: readonly string[] | null
  expiresAt: number | null
}>

/** Finds a key that lets in: its secret fits, nobody has revoked it, and its holder is active. */
const findKey = async (database: Database, orgId: string, parts: KeyParts) => {
  const row = await database.read(orgId).maybe<KeyRow>`
    select p.id as "principalId", p.kind, p.handle, p.epoch,
           case p.kind when 'agent' then p.responsible_id end as "behalf",
           k.secret_sha256 as "secret", k.scopes, k.project_ids as "projectIds",
           k.expires_at as "expiresAt"
      from identity.api_key k
      join identity.principal p on p.org_id = k.org_id and p.id = k.principal_id
      left join identity.principal r on r.org_id = p.org_id and r.id = p.responsible_id
     where k.org_id = ${orgId} and k.id = ${parts.id} and k.revoked_at is null
       and p.status = 'active' and p.kind = ${parts.kind}
       and (p.kind <> 'agent' or coalesce(r.status, 'active') = 'active')`
  if (!row || !timingSafeEqual(row.secret, sha256(parts.secret))) return null
  const actor: Actor = {
    orgId,
    id: row.principalId,
    kind: row.kind,
    handle: row.handle,
    ...(row.behalf !== null && { onBehalfOf: row.behalf }),
    credentialId: parts.id,
    scopes: row.scopes && new Set(row.scopes),
    projects: row.projectIds && new Set(row.projectIds),
    epoch: row.epoch,
  }
  return { actor, keyId: parts.id, expiresAt: row.expiresAt }
}

const orAway = (error: unknown): never => {
  throw retryOf(error) === 'reconnect' ? databaseAway() : error
}

const missing = () => {
  const message = 'Send a key: "Authorization: Bearer guild_...". An owner can make you one.'
  return refuse('unauthenticated', 'identity.key_missing', message)
}

const malformed = () => {
  const message = 'This is no whole key; copy it again, from "guild_" to its last letter.'
  return refuse('unauthenticated', 'identity.key_malformed', message)
}

const notValid = () => {
  const message = 'This key is not valid. Ask an owner of the organisation for a new one.'
  return refuse('unauthenticated', 'identity.key_not_valid', message)
}
