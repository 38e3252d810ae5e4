import type { IssuerFacts } from './oauth-metadata.ts'

// What the hub is called at an issuer. It is another client at each, with an address of its own to
// come back to: what comes back there can only be of that issuer.

/** How a client shows who it is. */
export const CLIENT_AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const
/** A way to show who one is. */
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number]

/** Where the name of a client comes from: our document, an administrator, or the issuer. */
export const CLIENT_KINDS = ['document', 'given', 'registered'] as const
/** A source of a client's name. */
export type ClientKind = (typeof CLIENT_KINDS)[number]

/** The hub as one issuer knows it. */
export type ClientName = Readonly<{
  kind: ClientKind
  clientId: string
  authMethod: ClientAuthMethod
  /** Where its secret is kept. */
  secretId: string | null
}>

/** A client that is kept: an administrator or the issuer gave it. */
export type KeptClient = ClientName &
  Readonly<{
    id: string
    issuer: string
    kind: 'given' | 'registered'
    redirectUri: string
    /** When its secret ends. */
    expiresAt: number | null
    createdBy: string
    createdAt: number
    version: number
  }>

/** Milliseconds before the end of a client's secret in which it is not begun with any more. */
const ENDING_MS = 600_000

/** The form of a mark: 22 characters, which are 128 bits of a digest. */
export const CLIENT_MARK = /^[\w-]{22}$/

/** Gives the text whose digest marks the hub's client of an organisation at an issuer. */
export const markedText = (orgId: string, issuer: string): string =>
  `guildhall/oauth-client/v1\n${orgId}\n${issuer}`

/** Gives the address that an issuer sends browsers back to. */
export const redirectUri = (address: string, mark: string): string =>
  `${address}/connect/${mark}/callback`

/** Gives the address of the document that describes a client, which is its name as well. */
export const documentAddress = (address: string, mark: string): string =>
  `${address}/connect/${mark}/client.json`

/** Describes a client to issuers that read it from us. */
export const clientDocument = (address: string, mark: string) => ({
  client_id: documentAddress(address, mark),
  client_name: 'Guildhall',
  client_uri: address,
  redirect_uris: [redirectUri(address, mark)],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  application_type: 'web',
})

/** Describes a client to an issuer that registers it. */
export const registrationOf = (address: string, mark: string, facts: IssuerFacts) => ({
  client_name: 'Guildhall',
  ...(address.startsWith('https:') && { client_uri: address }),
  redirect_uris: [redirectUri(address, mark)],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: confidentialMethod(facts) ?? 'none',
  // Issuers of OpenID hold web clients to https; a hub on this machine is none.
  application_type: isOnThisMachine(address) ? 'native' : 'web',
})

/** Chooses how to show a secret; `null` where the issuer takes none that we can show. */
export const confidentialMethod = ({ authMethods }: IssuerFacts): ClientAuthMethod | null => {
  // In a header a secret is to be percent-encoded first, which many issuers do not expect.
  if (authMethods?.includes('client_secret_post')) return 'client_secret_post'
  const mayHeader = authMethods === null || authMethods.includes('client_secret_basic')
  return mayHeader ? 'client_secret_basic' : null
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Tells whether an address is on the machine of whoever follows it. */
export const isOnThisMachine = (address: string): boolean =>
  URL.canParse(address) && LOOPBACK.has(new URL(address).hostname)

/** Tells whether browsers may be sent back to an address with something secret in it. */
export const isSafeToReturnTo = (address: string): boolean =>
  address.startsWith('https:') || isOnThisMachine(address)

/** What is known when a client is chosen. */
export type ClientChoice = Readonly<{
  facts: IssuerFacts
  kept: KeptClient | null
  address: string
  mark: string
  now: number
}>

/** Chooses as whom to appear: as given, by our document, as registered; or says what is missing. */
export const chooseClient = (
  choice: ClientChoice,
): ClientName | Readonly<{ kind: 'register' }> | Readonly<{ kind: 'missing' }> => {
  const { facts, kept, address, mark } = choice
  if (kept?.kind === 'given') return kept
  if (facts.takesDocuments && address.startsWith('https:')) {
    const clientId = documentAddress(address, mark)
    return { kind: 'document', clientId, authMethod: 'none', secretId: null }
  }
  if (kept !== null && isUsable(kept, choice)) return kept
  return facts.registrationEndpoint === null ? { kind: 'missing' } : { kind: 'register' }
}

const isUsable = (kept: KeptClient, { address, mark, now }: ClientChoice): boolean =>
  kept.redirectUri === redirectUri(address, mark) &&
  (kept.expiresAt === null || kept.expiresAt - ENDING_MS > now)
