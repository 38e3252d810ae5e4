import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { systemActor } from '../../kernel/actor.ts'
import type { Hall } from '../../kernel/hall.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Database } from '../../platform/database.ts'
import type { Seal } from '../../platform/keyring/seal.ts'
import type { Asking } from '../application/oauth-ports.ts'
import { CLI_CLIENT, shownName } from '../application/oauth-words.ts'
import { OAUTH_SCOPES } from '../domain/scope.ts'
import { endConsent } from '../application/revoke-consent.ts'
import { accountOf, findStanding, isActive, parseAccount } from './oauth-accounts.ts'
import { clientFetch, type Fetch } from './oauth-client-fetch.ts'
import { type ItemStore, itemStore, REUSE_MS } from './oauth-item-store.ts'
import { oauthKeys } from './oauth-key-store.ts'
import { FULL_SCOPE, type Library, makeProvider, resourceOf } from './oauth-provider.ts'

// The library is large, and most hubs never need it: it is loaded with the first request. A hub on
// its own machine is reached by several names, and an issuer is one name: there is a server for
// each of them, and one store below.

/** What the engine is made of. */
export type EngineParts = Readonly<{
  database: Database
  seal: Seal
  fetch: Fetch
  now: () => number
  cookieName: string
  registration: boolean
  /** Counts a client that has to be looked up against its address; refuses with `too_many`. */
  newClient: (req: IncomingMessage | undefined) => Promise<void>
  hall: Pick<Hall, 'run' | 'log'>
}>

/** A decision as it is carried out. */
export type Outcome =
  | Readonly<{
      decision: 'given'
      orgId: string
      personId: string
      consentId: string
      scopes: readonly string[]
      refused: readonly string[]
      authTime: number
    }>
  | Readonly<{ decision: 'refused' }>

type Exchange = Readonly<{ req: IncomingMessage; res: ServerResponse }>
type Provider = ReturnType<typeof makeProvider>
type Ground = Readonly<{
  now: () => number
  items: ItemStore
  providerAt: (home: string) => Promise<Provider>
}>

/** The OAuth server behind the mount. */
export type OauthEngine = ReturnType<typeof oauthEngine>

/** Makes the engine; nothing of the library is loaded before it is asked for. */
export const oauthEngine = (parts: EngineParts) => {
  const items = itemStore(parts.database, parts.now)
  const providers = new Map<string, Promise<Provider>>()
  let loaded: Promise<Loaded> | undefined
  const providerAt = (home: string): Promise<Provider> => {
    const known = providers.get(home)
    if (known) return known
    loaded ??= load(parts)
    const made = loaded.then((all) => providerFor(parts, items, { ...all, home }))
    providers.set(home, made)
    made.catch(() => {
      // A failed start must not be remembered: the database may be back for the next request.
      providers.delete(home)
      loaded = undefined
    })
    return made
  }
  const ground = { now: parts.now, items, providerAt }
  return {
    /** Lets the library answer a request; `url` is below the issuer. */
    async handle({ req, res }: Exchange, home: string, url: string): Promise<void> {
      const provider = await providerAt(home)
      dropSession(req, provider.cookieName('session'))
      // The library takes the part in front of its own paths from the address as it was asked.
      Object.assign(req, { url, originalUrl: `/oauth${url}` })
      await provider.callback()(told(req, home), res)
    },
    ...browserFlow(ground),
    ...deviceFlow(ground),
  }
}

/** Says which address was asked: the hub itself only hears plain HTTP. */
const told = (req: IncomingMessage, home: string): IncomingMessage => {
  const { protocol, host } = new URL(home)
  req.headers['x-forwarded-proto'] = protocol.slice(0, -1)
  req.headers['x-forwarded-host'] = host
  return req
}

/** Takes the library's own session off: who is signed in is for the hub to say, each time. */
const dropSession = (req: IncomingMessage, name: string): void => {
  const pairs = (req.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const kept = pairs.filter(
    (pair) => !pair.startsWith(`${name}=`) && !pair.startsWith(`${name}.sig=`),
  )
  req.headers.cookie = kept.join('; ')
}

type Loaded = Readonly<{ library: Library; keys: Awaited<ReturnType<typeof oauthKeys>> }>

const load = async (parts: EngineParts): Promise<Loaded> => {
  const [library, keys] = await Promise.all([import('oidc-provider'), oauthKeys(parts)])
  return { library, keys }
}

const providerFor = (
  parts: EngineParts,
  items: ItemStore,
  { library, keys, home }: Loaded & Readonly<{ home: string }>,
): Provider => {
  const { database, now, hall } = parts
  const asked = new WeakSet<object>()
  return makeProvider(library, {
    ...{
      home,
      keys,
      log: hall.log,
      cookieName: parts.cookieName,
      registration: parts.registration,
    },
    fetch: clientFetch(parts.fetch),
    adapter: {
      ...{ items, now, errors: library.errors, reuseMs: REUSE_MS },
      async grantEnded(grantId, payload) {
        const { accountId } = payload
        const account = typeof accountId === 'string' ? parseAccount(accountId) : null
        if (!account) return
        const why = library.Provider.ctx?.oidc.route === 'revocation' ? 'given_back' : 'replayed'
        // The person's list of what they have allowed says so, and every process drops the tokens.
        const actor = systemActor(account.orgId)
        await hall.run(endConsent, { id: grantId, why }, { actor, door: 'http' })
      },
    },
    async newClient(ctx: KoaContextWithOIDC | undefined) {
      // Where a client could not be looked up, the library tries again for the same request.
      if (ctx && asked.has(ctx)) return false
      if (ctx) asked.add(ctx)
      await parts.newClient(ctx?.req)
      return true
    },
    async stands(name, consentId) {
      const account = parseAccount(name)
      if (!account) return false
      if (consentId === undefined) return isActive(database, account)
      return (await findStanding(database, account, { consentId, now: now() })) !== null
    },
  })
}

const browserFlow = ({ now, providerAt }: Ground) => ({
  /** Reads the request that this browser began: the cookie of it has to be there. */
  async asking(exchange: Exchange, home: string, uid: string): Promise<Asking> {
    const provider = await providerAt(home)
    const { redirectUri, client, scope, leftMs } = await begun(provider, exchange, uid)
    return {
      kind: 'browser',
      clientId: client.clientId,
      clientName: shownName(client.clientName, client.clientId),
      redirectUri,
      resource: 'mcp',
      scopes: scopesIn(scope),
      // The library counts by this machine's clock, the hub by that of its database.
      expiresAt: Math.trunc(now() + leftMs),
    }
  },
  /** Carries a decision out; gives the address at which the browser goes on. */
  async finish(
    exchange: Exchange,
    home: string,
    done: Readonly<{ uid: string; outcome: Outcome }>,
  ) {
    const { uid, outcome } = done
    const provider = await providerAt(home)
    const { client } = await begun(provider, exchange, uid)
    const result =
      outcome.decision === 'given'
        ? await grantTo(provider, outcome, {
            clientId: client.clientId,
            resource: resourceOf(home, 'mcp'),
          })
        : { error: 'access_denied', error_description: 'the person turned this request away' }
    const options = { mergeWithLastSubmission: false }
    await provider.interactionResult(exchange.req, exchange.res, result, options)
    return `${home}/oauth/auth/${uid}`
  },
})

/** Finds what this browser began under a name; another browser has another cookie. */
const begun = async (provider: Provider, { req, res }: Exchange, uid: string) => {
  const found = await provider.interactionDetails(req, res).catch(() => null)
  if (found?.uid !== uid) throw overHere()
  const { client_id: clientId, redirect_uri: redirectUri, scope } = found.params
  const client = typeof clientId === 'string' ? await provider.Client.find(clientId) : undefined
  if (!client || typeof redirectUri !== 'string') throw overHere()
  return { client, redirectUri, scope, leftMs: found.exp * 1_000 - Date.now() }
}

type Given = Extract<Outcome, { decision: 'given' }>

/** Writes a consent down as a grant, and says what the library has to know of it. */
const grantTo = async (
  provider: Provider,
  given: Given,
  { clientId, resource }: Readonly<{ clientId: string; resource: string }>,
) => {
  const accountId = accountOf(given)
  const grant = new provider.Grant({ accountId, clientId })
  // The grant goes by the id of the consent: whoever holds one finds the other.
  grant.jti = given.consentId
  grant.addResourceScope(resource, [...given.scopes])
  grant.addOIDCScope('offline_access')
  if (given.refused.length > 0) grant.rejectResourceScope(resource, [...given.refused])
  await grant.save()
  return {
    login: { accountId, ts: Math.floor(given.authTime / 1_000), remember: false },
    consent: { grantId: given.consentId },
  }
}

const deviceFlow = ({ items, providerAt }: Ground) => ({
  /** Finds the request whose code a device shows; gives the name it goes by from then on. */
  async device(userCode: string): Promise<(Asking & Readonly<{ uid: string }>) | null> {
    const found = await items.findDevice(userCode.toUpperCase().replaceAll(/[^A-Z]/g, ''))
    if (!found) return null
    return {
      uid: `${DEVICE}${found.handle}`,
      kind: 'device',
      clientId: CLI_CLIENT,
      clientName: 'Guildhall command line',
      redirectUri: null,
      resource: 'v1',
      scopes: [],
      expiresAt: Math.trunc(found.expiresAt),
    }
  },
  /** Carries a decision about a device out; tells whether its request was still open. */
  async finishDevice(home: string, done: Readonly<{ uid: string; outcome: Outcome }>) {
    const { uid, outcome } = done
    const handle = uid.slice(DEVICE.length)
    if (outcome.decision === 'refused') {
      return items.decideDevice(handle, { error: 'access_denied' }, null)
    }
    const resource = await items.deviceResource(handle)
    if (resource === null) return false
    const provider = await providerAt(home)
    const { login, consent } = await grantTo(provider, outcome, { clientId: CLI_CLIENT, resource })
    const decision = {
      accountId: login.accountId,
      authTime: login.ts,
      ...consent,
      resource,
      scope: FULL_SCOPE,
    }
    return items.decideDevice(handle, decision, outcome.consentId)
  },
})

/** Begins the names of devices' requests. */
export const DEVICE = 'device-'

const scopesIn = (scope: unknown): readonly string[] => {
  const asked = typeof scope === 'string' ? scope.split(' ') : []
  return OAUTH_SCOPES.filter((known) => asked.includes(known))
}

const overHere = () => {
  const message =
    'This request for access is over, or another browser began it. Start again in the program ' +
    'that asked.'
  return refuse('not_found', 'identity.oauth_request_over', message)
}
