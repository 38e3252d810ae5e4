import { LRUCache } from 'lru-cache'
import { HUB_ORG, type Actor } from '../../kernel/actor.ts'
import type { Database } from '../../platform/database.ts'
import { at } from '../../platform/sql.ts'
import { sha256 } from '../application/mint-key.ts'
import { CLI_CLIENT, type OauthResource, permissionsOfScopes } from '../application/oauth-words.ts'
import type { Found, FindToken } from './found.ts'
import { findStanding, parseAccount, type Standing } from './oauth-accounts.ts'

// A token counts as long as three things are there: itself, its grant, and the consent behind it
// in the organisation of the person. Each of them ends it, and each is looked at every time; a
// token that is remembered is dropped by what happens to identity in that organisation.

const ENTRIES_MAX = 10_000
/** An opaque token of this server: 256 bits. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/

type TokenRow = Readonly<{
  account: string | null
  audience: string | null
  grantId: string | null
  scope: string | null
  expiresAt: number
}>

type Kept = Readonly<{ found: Found; orgId: string; generation: number }>

/** Finds the tokens of this server, and forgets what may have changed. */
export type TokenSource = Readonly<{
  find: FindToken
  /** Something happened to identity in an organisation. */
  forget(orgId: string): void
}>

/** Makes the source of tokens; `resources` are the addresses that tokens may be made for. */
export const tokenSource = (
  options: Readonly<{
    database: Database
    now: () => number
    /** Tells whether the ledger was heard just now; left out: nothing is remembered. */
    fresh?: () => boolean
    isResource: (address: string, of: OauthResource) => boolean
  }>,
): TokenSource => {
  const { database, now, fresh = () => false, isResource } = options
  const known = new LRUCache<string, Kept>({ max: ENTRIES_MAX })
  const generations = new Map<string, number>()
  const generationOf = (orgId: string) => generations.get(orgId) ?? 0

  const look = async (digest: Uint8Array, audience: OauthResource): Promise<Kept | null> => {
    const row = await findRow(database, digest, now())
    const account = parseAccount(row?.account ?? '')
    if (!row || !account || !isResource(row.audience ?? '', audience)) return null
    const generation = generationOf(account.orgId)
    const asked = { consentId: row.grantId ?? '', now: now() }
    const standing = await findStanding(database, account, asked)
    if (standing?.resource !== audience) return null
    const found = foundOf(row, { ...standing, orgId: account.orgId, consentId: asked.consentId })
    return found && { found, orgId: account.orgId, generation }
  }

  return {
    async find(token, audience) {
      if (!TOKEN.test(token)) return null
      const digest = sha256(Buffer.from(token))
      const key = `${audience}/${Buffer.from(digest).toString('base64')}`
      const hit = known.get(key)
      if (hit && hit.generation === generationOf(hit.orgId) && fresh()) return hit.found
      const kept = await look(digest, audience)
      if (!kept) return null
      if (kept.generation === generationOf(kept.orgId)) known.set(key, kept)
      return kept.found
    },
    forget(orgId) {
      generations.set(orgId, generationOf(orgId) + 1)
    },
  }
}

const findRow = (database: Database, digest: Uint8Array, now: number) =>
  database.read(HUB_ORG).maybe<TokenRow>`
    select t.payload ->> 'accountId' as "account", t.payload ->> 'aud' as "audience",
           t.payload ->> 'grantId' as "grantId", t.payload ->> 'scope' as "scope",
           t.expires_at as "expiresAt"
      from identity.oauth_item t
      join identity.oauth_item g
        on g.org_id = t.org_id and g.model = 'Grant' and g.id_sha256 = t.grant_sha256
       and g.expires_at > ${at(now)}
     where t.org_id = ${HUB_ORG} and t.model = 'AccessToken' and t.id_sha256 = ${digest}
       and t.expires_at > ${at(now)}`

type Owner = Standing & Readonly<{ orgId: string; consentId: string }>

const foundOf = (row: TokenRow, owner: Owner): Found | null => {
  const { orgId, agent, personId, consentId, authTime, projectIds } = owner
  const shared = { orgId, via: 'oauth', credentialId: consentId, authTime } as const
  const use = { kind: 'token', id: consentId } as const
  const expiresAt = Math.min(row.expiresAt, owner.expiresAt)
  if (agent === null) {
    // Only the hub's own command line acts as the person; whatever else would is a mistake.
    if (owner.resource !== 'v1' || owner.clientId !== CLI_CLIENT) return null
    const actor: Actor = {
      ...shared,
      id: personId,
      kind: 'person',
      handle: owner.personHandle,
      scopes: null,
      projects: null,
      epoch: owner.personEpoch,
    }
    return { actor, use, expiresAt, audience: 'v1' }
  }
  const actor: Actor = {
    ...shared,
    id: agent.id,
    kind: 'agent',
    handle: agent.handle,
    onBehalfOf: personId,
    scopes: permissionsOfScopes((row.scope ?? '').split(' ')),
    projects: projectIds && new Set(projectIds),
    epoch: agent.epoch,
  }
  return { actor, use, expiresAt, audience: 'mcp' }
}
