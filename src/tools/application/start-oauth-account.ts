import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { Slug } from '../contract.ts'
import {
  chooseClient,
  type ClientName,
  isSafeToReturnTo,
  redirectUri,
} from '../domain/oauth-client.ts'
import { ATTEMPT_MS } from '../domain/oauth-grant.ts'
import { scopesToAsk } from '../domain/oauth-metadata.ts'
import type { Upstream } from '../domain/upstream.ts'
import { ownerOf } from './connect-account.ts'
import type { HubNeeds } from './hub-ports.ts'
import { OauthClientSet } from './oauth-events.ts'
import type { Attempt, Issuance, OauthNeeds, Registered } from './oauth-ports.ts'
import { clientMissing, noSignIn, unsafeReturn } from './oauth-refusals.ts'

/** Bytes of chance in what ties an answer to its question. */
const CHANCE_BYTES = 32

type Needs = HubNeeds & OauthNeeds & Words

const Started = z.object({
  server: Slug,
  /** Where a browser goes now. */
  url: z.string(),
  issuer: z.string(),
  scopes: z.array(z.string()),
  /** Until when somebody has to be back. */
  expiresAt: z.string(),
})

/** Begins to connect an account by signing in at whoever gives out the tokens of a server. */
export const startAccount = operation<HubNeeds & OauthNeeds>()({
  name: 'tools.start_account',
  about:
    'Begin to connect an account to a server of tools by signing in: gives the address to go to.',
  input: z.strictObject({ server: Slug }),
  output: Started,
  access: 'connection:use',
  effect: 'write',
  fresh: true,
  secret: true,
  http: 'POST /tool-servers/:server/connection/start',
  mcp: null,
  say: ({ server, url }) => `Open this address in a browser to connect ${server}:\n${url}`,
  ahead: ({ server }, words) => prepare(server, words),
  async run(_input, { oauth, call, emit, ahead }) {
    const { attempt, registered, started } = ahead
    if (registered !== null) {
      const { issuer } = attempt
      const kept = await oauth.clients.keep(
        { ...registered, issuer, redirectUri: attempt.redirectUri },
        call,
      )
      const { id, kind, clientId, version } = kept
      emit(OauthClientSet({ clientRowId: id, issuer, kind, clientId, version }))
    }
    await oauth.addAttempt(attempt)
    return started
  },
})

type Ready = Readonly<{
  attempt: Attempt
  /** The client, if it is a new one. */
  registered: Registered | null
  started: z.output<typeof Started>
}>

/** Asks the server and its issuer, before anything is written, and works out where to go. */
const prepare = async (slug: string, words: Needs): Promise<Ready> => {
  const { upstreams, oauth, call } = words
  const upstream = await upstreams.bySlug(slug)
  if (upstream === null) throw notFound(slug)
  const ownerId = ownerOf(upstream, words)
  if (upstream.auth.kind !== 'oauth') throw noSignIn(slug)
  if (!isSafeToReturnTo(oauth.address())) throw unsafeReturn()
  const known = await oauth.clients.list()
  const given = known.filter(({ kind }) => kind === 'given').map(({ issuer }) => issuer)
  const issuance = await oauth.find(upstream, new Set(given))
  const { client, registered } = await clientAt(issuance, words)
  const { facts, resource } = issuance
  const scopes = await scopesAt(issuance, { upstream, ownerId }, words)
  const chance = () => Buffer.from(call.random(new Uint8Array(CHANCE_BYTES))).toString('base64url')
  const [state, verifier] = [chance(), chance()]
  await oauth.prepare(verifier)
  const attempt: Attempt = {
    ...{ id: call.newId(), upstreamId: upstream.id, principalId: call.actor.id, ownerId },
    // A key is used from many places, a session in one browser: that one has to come back.
    credentialId: call.actor.via === 'session' ? (call.actor.credentialId ?? null) : null,
    ...{ stateSha256: oauth.stateSha256(state), verifier, resource, scopes },
    ...{ issuer: facts.issuer, namesItself: facts.namesItself },
    ...{ tokenEndpoint: facts.tokenEndpoint, revocationEndpoint: facts.revocationEndpoint },
    ...{ clientKind: client.kind, clientId: client.clientId },
    redirectUri: redirectUri(oauth.address(), oauth.markOf(facts.issuer)),
    expiresAt: Math.trunc(call.now) + ATTEMPT_MS,
  }
  const { authorizationEndpoint, issuer } = facts
  const url = oauth.journeyAddress({ ...attempt, authorizationEndpoint, state })
  const expiresAt = new Date(attempt.expiresAt).toISOString()
  const started = { server: slug, url, issuer, scopes: [...scopes], expiresAt }
  return { attempt, registered, started }
}

type Chosen = Readonly<{ client: Omit<ClientName, 'secretId'>; registered: Registered | null }>

/** Finds as whom the hub appears at an issuer; has it registered where that is the only way. */
const clientAt = async ({ facts }: Issuance, { oauth, call }: Needs): Promise<Chosen> => {
  const [address, mark] = [oauth.address(), oauth.markOf(facts.issuer)]
  const kept = await oauth.clients.of(facts.issuer)
  const chosen = chooseClient({ facts, kept, address, mark, now: call.now })
  if (chosen.kind === 'missing') throw clientMissing(facts.issuer, redirectUri(address, mark))
  if (chosen.kind !== 'register') return { client: chosen, registered: null }
  const registered = await oauth.register(facts)
  return { client: { kind: 'registered', ...registered }, registered }
}

type Owned = Readonly<{ upstream: Upstream; ownerId: string | null }>

/** Chooses the scopes: what the server wants now, and what was granted or missing before. */
const scopesAt = async (
  { facts, challenged, scopes }: Issuance,
  { upstream, ownerId }: Owned,
  { connections, oauth }: Needs,
): Promise<readonly string[]> => {
  const connection = await connections.of(upstream.id, ownerId)
  const grant = connection === null ? null : await oauth.grantOf(connection.id)
  const isSame = grant?.issuer === facts.issuer
  const before = isSame ? [...grant.scopes, ...grant.wanted] : []
  return scopesToAsk({ challenged, before, resource: scopes, issuer: facts.scopes })
}
