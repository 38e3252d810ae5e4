// Who issues the tokens of a server, by what the server (RFC 9728) and the issuer (RFC 8414, OpenID
// Connect Discovery) say. Both are strangers: what does not belong together is not used.

/** What a server says of its tokens. */
export type ResourceFacts = Readonly<{
  /** The name under which tokens for it are asked for. */
  resource: string
  issuers: readonly string[]
  scopes: readonly string[] | null
}>

/** What an issuer says of itself; `null` where it says nothing. */
export type IssuerFacts = Readonly<{
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  registrationEndpoint: string | null
  revocationEndpoint: string | null
  scopes: readonly string[] | null
  challengeMethods: readonly string[] | null
  authMethods: readonly string[] | null
  responseTypes: readonly string[] | null
  grantTypes: readonly string[] | null
  /** Its answers name it: RFC 9207. */
  namesItself: boolean
  /** It reads documents of clients that it has never heard of. */
  takesDocuments: boolean
}>

/** Issuers of one server that are looked at. */
export const ISSUERS_MAX = 4

/** Gives the name under which tokens for an address are asked for, where it does not say one. */
export const resourceOf = (address: string): string => {
  const url = new URL(address)
  const path = url.pathname === '/' ? '' : url.pathname
  return `${url.origin}${path}${url.search}`
}

/** Lists where a server says who issues its tokens: for its path first, then for all of it. */
export const resourceMetadataAddresses = (address: string): readonly string[] => {
  const { origin, pathname } = new URL(address)
  const root = `${origin}/.well-known/oauth-protected-resource`
  return pathname === '/' ? [root] : [`${root}${pathname}`, root]
}

/** Lists where an issuer describes itself, in the order of the specification. */
export const issuerMetadataAddresses = (issuer: string): readonly string[] => {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const wellKnown = `${origin}/.well-known`
  const first = [
    `${wellKnown}/oauth-authorization-server${path}`,
    `${wellKnown}/openid-configuration${path}`,
  ]
  return path === '' ? first : [...first, `${origin}${path}/.well-known/openid-configuration`]
}

/** Tells whether tokens for a resource may be sent to an address: same origin, path within. */
export const covers = (resource: string, address: string): boolean => {
  if (!URL.canParse(resource) || !URL.canParse(address)) return false
  const [of, to] = [new URL(resource), new URL(address)]
  if (of.origin !== to.origin || of.origin === 'null' || of.hash !== '') return false
  if (of.username !== '' || of.password !== '') return false
  if (of.search !== '' && of.search !== to.search) return false
  const [within, path] = [slashed(of.pathname), slashed(to.pathname)]
  return path.startsWith(within)
}

const slashed = (path: string): string => (path.endsWith('/') ? path : `${path}/`)

/** Tells whether a text can be the name of an issuer: an address without query and fragment. */
export const isIssuerName = (text: string): boolean => {
  if (!URL.canParse(text) || /[?#]/.test(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

/** Says why an issuer cannot be used, each reason in a short sentence; nothing where it can. */
export const issuerFaults = (facts: IssuerFacts, expected: string): readonly string[] => {
  if (facts.issuer !== expected) return ['it calls itself by another name than the server does']
  const isPlain = expected.startsWith('http:')
  const endpoints = [
    facts.authorizationEndpoint,
    facts.tokenEndpoint,
    ...[facts.registrationEndpoint ?? [], facts.revocationEndpoint ?? []].flat(),
  ]
  const faults: string[] = []
  if (!endpoints.every((one) => isEndpoint(one, isPlain))) {
    faults.push('one of its addresses is not https')
  }
  if (!facts.challengeMethods?.includes('S256')) faults.push('it does not offer PKCE with S256')
  if (facts.responseTypes && !facts.responseTypes.includes('code')) {
    faults.push('it gives out no codes')
  }
  if (facts.grantTypes && !facts.grantTypes.includes('authorization_code')) {
    faults.push('it takes no codes')
  }
  return faults
}

const isEndpoint = (text: string, isPlain: boolean): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hash, username } = new URL(text)
  return (protocol === 'https:' || (isPlain && protocol === 'http:')) && `${hash}${username}` === ''
}

/** What decides which scopes are asked for. */
export type ScopeWish = Readonly<{
  /** What the server asked for just now. */
  challenged: readonly string[]
  /** What was granted before, and what calls were refused for since. */
  before: readonly string[]
  resource: readonly string[] | null
  issuer: readonly string[] | null
}>

/** The scope by which issuers that know it give a token to renew others with. */
export const OFFLINE = 'offline_access'

/** Chooses the scopes to ask for: what is wanted now, and nothing that was granted gets lost. */
export const scopesToAsk = (wish: ScopeWish): readonly string[] => {
  const now = wish.challenged.length > 0 ? wish.challenged : (wish.resource ?? [])
  const offline = wish.issuer?.includes(OFFLINE) ? [OFFLINE] : []
  return [...new Set([...now, ...wish.before, ...offline])]
}

/**
 * Tells whether an answer is of the issuer that was asked (RFC 9207): names are compared letter by
 * letter, and one that names itself does so always.
 */
export const isOfIssuer = (
  asked: Readonly<{ issuer: string; namesItself: boolean }>,
  named: string | null,
): boolean => (named === null ? !asked.namesItself : named === asked.issuer)
