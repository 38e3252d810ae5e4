import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Rights } from '../../kernel/access.ts'
import { HUB_ORG, type Actor } from '../../kernel/actor.ts'
import type { Presented } from '../../kernel/hall.ts'
import type { OpenTo } from '../../kernel/operation.ts'
import { type Refusal, refuse } from '../../kernel/refusal.ts'
import type { Database } from '../../platform/database.ts'
import { databaseAway, retryOf } from '../../platform/database-errors.ts'
import { isFrom, KEY_LENGTH, parseKey } from '../domain/key.ts'
import { parseSession } from '../domain/session.ts'
import { grantStore } from './grant-store.ts'
import type { FindToken, Found } from './found.ts'
import { findKey } from './key-source.ts'
import { noteUse } from './key-store.ts'
import { orgDirectory } from './org-directory.ts'
import { findSession, noteSessions } from './session-source.ts'

// Keys and rights stay in memory until something happens to identity in their organisation: every
// entry carries the organisation's generation, and `forget` raises it. So an entry that was read
// before a revocation cannot be found after it, even if it is put into the cache later.

const ENTRIES_MAX = 10_000
const CREDENTIAL_CHARS_MAX = 512

/** Says who calls and what they may do; at once where it is known, else after asking SQL. */
export type AccessSource = Readonly<{
  authenticate(credential: string | undefined, presented?: Presented): Actor | Promise<Actor>
  rightsOf(actor: Actor): Rights | Promise<Rights>
  /** Finds the organisation that a stranger names; the hub's own where there is no such. */
  orgOf(about: OpenTo): Promise<string>
  /** Drops what an organisation's events may have changed; other rooms' events change nothing. */
  forget(orgId: string, names: readonly string[]): void
  /** Writes down when keys and sessions were used; the caller decides how often. */
  flush(): Promise<void>
}>

type AccessOptions = Readonly<{
  database: Database
  now: () => number
  /** Tells whether the ledger was heard within the last second; else SQL is asked every time. */
  fresh: () => boolean
  /** Left out: no tokens are taken. */
  findToken?: FindToken
  /** Refuses an address that has guessed too often, before SQL is asked. */
  suspect?: (address: string | undefined) => void
  /** Hears of credentials that were refused, with the organisation where it is known. */
  refused?: (orgId: string, refusal: Refusal, presented: Presented) => void
}>

type Known = Found & {
  readonly generation: number
  seenAt: number
  /** Where it was let in from last, if it is bound to addresses: they are read once. */
  seenFrom?: string | undefined
}
type KnownRights = Readonly<{ rights: Rights; generation: number }>
type Use = Readonly<{ orgId: string; at: number; kind: Found['use']['kind'] }>

/** Makes the source of actors and rights of one process. */
export const accessSource = (options: AccessOptions): AccessSource => {
  const { database, now, fresh } = options
  const generations = new Map<string, number>()
  const known = new LRUCache<string, Known>({ max: ENTRIES_MAX })
  const rights = new LRUCache<string, KnownRights>({ max: ENTRIES_MAX })
  const used = new LRUCache<string, Use>({ max: ENTRIES_MAX })
  const directory = orgDirectory(database)
  const generationOf = (orgId: string) => generations.get(orgId) ?? 0

  // Every use comes through here, also of what is remembered: address and end count each time.
  const admit = (one: Known, presented: Presented): Actor => {
    const { audience = 'v1', address } = presented
    const at = now()
    const isIdle = one.idle !== undefined && one.seenAt + one.idle.ms <= at
    const isOver = one.expiresAt !== null && one.expiresAt <= at
    if (isIdle || isOver) throw notValid(one.use.kind)
    if (one.audience !== undefined && one.audience !== audience) throw notValid(one.use.kind)
    const isThere = address !== undefined && one.seenFrom === address
    if (one.networks !== undefined && !isThere) {
      if (!isFrom(one.networks, address)) {
        const refusal = fromElsewhere()
        options.refused?.(one.actor.orgId, refusal, presented)
        throw refusal
      }
      one.seenFrom = address
    }
    one.seenAt = at
    used.set(one.use.id, { orgId: one.actor.orgId, at, kind: one.use.kind })
    return one.actor
  }

  /** Finds a credential by its form: what it is says where it is kept. */
  const find = async (credential: string, presented: Presented) => {
    const { cookie = false, audience = 'v1' } = presented
    if (cookie) {
      const parts = parseSession(credential)
      const orgId = parts && (await directory.byTag(parts.tag))
      if (!parts || !orgId) return nobodys('session')
      const generation = generationOf(orgId)
      const found = await findSession(database, orgId, { parts, now: now() })
      return { found, orgId, generation, kind: 'session' } as const
    }
    const parts = credential.startsWith('guild_') ? parseKey(credential) : null
    if (parts) {
      const orgId = await directory.byTag(parts.tag)
      if (!orgId) return nobodys('key')
      const generation = generationOf(orgId)
      const found = await findKey(database, orgId, parts)
      return { found, orgId, generation, kind: 'key' } as const
    }
    if (audience === 'agent' || !options.findToken) throw malformed()
    const generation = generationOf(HUB_ORG)
    const found = await options.findToken(credential, audience)
    return { found, orgId: found?.actor.orgId ?? HUB_ORG, generation, kind: 'token' } as const
  }

  const lookUp = async (credential: string, presented: Presented, digest: string) => {
    options.suspect?.(presented.address)
    const { found, orgId, generation, kind } = await find(credential, presented)
    if (!found) {
      const refusal = notValid(kind)
      options.refused?.(orgId, refusal, presented)
      throw refusal
    }
    const one: Known = { ...found, generation, seenAt: found.idle?.seenAt ?? now() }
    // A token belongs to two organisations: what is heard of either one ends what is remembered.
    if (kind !== 'token' && generation === generationOf(orgId)) known.set(digest, one)
    return admit(one, presented)
  }

  const compile = async (actor: Actor): Promise<Rights> => {
    const { orgId, id, onBehalfOf: behalf } = actor
    const generation = generationOf(orgId)
    const store = grantStore({ sql: database.read(orgId), orgId })
    const compiled = await store.rights(id, { now: now(), behalf })
    if (generation === generationOf(orgId)) {
      rights.set(rightsKey(actor), { rights: compiled, generation })
    }
    return compiled
  }

  return {
    authenticate(credential, presented = {}) {
      if (credential === undefined) throw missing()
      const { cookie = false, audience = 'v1' } = presented
      const isKey = credential.startsWith('guild_')
      if (!cookie && isKey && credential.length !== KEY_LENGTH) throw malformed()
      if (credential.length > CREDENTIAL_CHARS_MAX) throw malformed()
      // The OAuth door takes tokens, the agents' door takes keys.
      if (isKey && audience === 'mcp') throw notValid('key')
      const digest = hash('sha256', credential, 'base64')
      const hit = known.get(digest)
      // A session counts in its cookie only, and a key in a header, also where it is remembered.
      const isShownRight = hit !== undefined && (hit.use.kind === 'session') === cookie
      if (isShownRight && hit.generation === generationOf(hit.actor.orgId) && fresh()) {
        return admit(hit, presented)
      }
      if (!cookie && isKey && !parseKey(credential)) throw malformed()
      return lookUp(credential, presented, digest).catch(orAway)
    },
    orgOf: (about) => directory.named(about),
    rightsOf(actor) {
      if (actor.kind === 'system' || actor.kind === 'stranger') return NO_RIGHTS
      const hit = rights.get(rightsKey(actor))
      const isOver = hit?.rights.until !== undefined && hit.rights.until <= now()
      if (hit && !isOver && hit.generation === generationOf(actor.orgId) && fresh()) {
        return hit.rights
      }
      return compile(actor).catch(orAway)
    },
    forget(orgId, names) {
      if (!names.some((name) => name.startsWith('identity.'))) return
      generations.set(orgId, generationOf(orgId) + 1)
    },
    async flush() {
      const uses = [...used.entries()].map(([id, use]) => ({ id, ...use }))
      used.clear()
      for (const [orgId, ofOrg] of Map.groupBy(uses, (use) => use.orgId)) {
        const keys = ofOrg.filter(({ kind }) => kind === 'key')
        const sessions = ofOrg.filter(({ kind }) => kind === 'session')
        const asKeys = keys.map(({ id, at }) => ({ keyId: id, at }))
        if (asKeys.length > 0) await noteUse(database, orgId, asKeys)
        if (sessions.length > 0) await noteSessions(database, orgId, sessions)
      }
    },
  }
}

/** An agent has other rights for each person it acts for. */
const rightsKey = ({ orgId, id, onBehalfOf = '' }: Actor): string => `${orgId}/${id}/${onBehalfOf}`

/** What names an organisation that does not exist counts as a guess, too. */
const nobodys = <Kind extends Found['use']['kind']>(kind: Kind) => ({
  found: null,
  orgId: HUB_ORG,
  generation: 0,
  kind,
})

const NO_RIGHTS: Rights = { org: new Map(), projects: new Map() }

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

const fromElsewhere = () => {
  const message = 'This key is bound to other addresses than yours; ask for one that fits.'
  return refuse('forbidden', 'identity.address_not_allowed', message)
}

const NOT_VALID: Readonly<Record<Found['use']['kind'], readonly [code: string, message: string]>> =
  {
    key: [
      'identity.key_not_valid',
      'This key is not valid. Ask an owner of the organisation for a new one.',
    ],
    session: ['identity.session_ended', 'Your session has ended; sign in again.'],
    token: ['identity.token_not_valid', 'This token is not valid here; sign in again.'],
  }

const notValid = (kind: Found['use']['kind']) => refuse('unauthenticated', ...NOT_VALID[kind])
