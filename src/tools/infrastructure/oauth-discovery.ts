import { z } from 'zod'
import { refuse } from '../../kernel/refusal.ts'
import type { Issuance } from '../application/oauth-ports.ts'
import { noIssuer } from '../application/oauth-refusals.ts'
import { bearerChallenge, type Challenge, scopesIn } from '../domain/oauth-challenge.ts'
import {
  covers,
  isIssuerName,
  issuerFaults,
  type IssuerFacts,
  issuerMetadataAddresses,
  ISSUERS_MAX,
  type ResourceFacts,
  resourceMetadataAddresses,
  resourceOf,
} from '../domain/oauth-metadata.ts'
import type { Upstream } from '../domain/upstream.ts'

// From a server that wants a token to whoever gives it out: the server's refusal names a document
// of its own, that names issuers, and each of them describes itself. Every step is held against
// the one before, and every address is called through the one way out, without redirects.

/** The shape of the standard `fetch`; bounded in time and bytes. */
export type OauthFetch = (input: string, init?: RequestInit) => Promise<Response>

const Address = z.string().min(1).max(2_048)
const Words = z.array(z.string().max(200)).max(1_000)

const Resource = z.looseObject({
  resource: Address,
  authorization_servers: z.array(Address).max(100).optional(),
  scopes_supported: Words.optional(),
})

const Metadata = z.looseObject({
  issuer: Address,
  authorization_endpoint: Address,
  token_endpoint: Address,
  registration_endpoint: Address.optional(),
  revocation_endpoint: Address.optional(),
  scopes_supported: Words.optional(),
  code_challenge_methods_supported: Words.optional(),
  token_endpoint_auth_methods_supported: Words.optional(),
  response_types_supported: Words.optional(),
  grant_types_supported: Words.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  client_id_metadata_document_supported: z.boolean().optional(),
})

/** A question that any server that wants tokens refuses, and that does nothing elsewhere. */
const QUESTION = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'guildhall', version: '1' },
  },
})

/** Finds out who gives out the tokens of a server; issuers that are preferred are asked first. */
export const issuanceOf = async (
  fetch: OauthFetch,
  { slug, kind, replicas }: Upstream,
  preferred: ReadonlySet<string>,
): Promise<Issuance> => {
  const address = replicas[0]?.url
  if (address === undefined) throw noIssuer(slug, 'it is a program on this machine')
  const challenge = await challengeOf(fetch, address, kind)
  const resource = await resourceFacts(fetch, { slug, address, challenge })
  const named = resource.issuers.filter(isIssuerName)
  const first = named.filter((one) => preferred.has(one))
  const order = [...new Set([...first, ...named])].slice(0, ISSUERS_MAX)
  const why: string[] = []
  for (const issuer of order) {
    const facts = await issuerFacts(fetch, issuer)
    const faults = facts === null ? ['it does not describe itself'] : issuerFaults(facts, issuer)
    if (facts !== null && faults.length === 0) {
      const challenged = challenge?.scopes ?? []
      return { resource: resource.resource, facts, challenged, scopes: resource.scopes }
    }
    why.push(...faults)
  }
  throw noIssuer(slug, why.length === 0 ? 'it names no issuer' : [...new Set(why)].join('; '))
}

const challengeOf = async (
  fetch: OauthFetch,
  address: string,
  kind: Upstream['kind'],
): Promise<Challenge | null> => {
  const asked: RequestInit =
    kind === 'http'
      ? {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
          },
          body: QUESTION,
        }
      : { method: 'GET', headers: { accept: kind === 'sse' ? 'text/event-stream' : '*/*' } }
  const answer = await fetch(address, { ...asked, redirect: 'manual' })
  await answer.body?.cancel()
  return answer.status === 401 ? bearerChallenge(answer.headers.get('www-authenticate')) : null
}

type Asking = Readonly<{ slug: string; address: string; challenge: Challenge | null }>

/** Reads what a server says of its tokens, where its refusal says so, else where all do. */
const resourceFacts = async (
  fetch: OauthFetch,
  { slug, address, challenge }: Asking,
): Promise<ResourceFacts> => {
  const named = challenge?.resourceMetadata ?? null
  if (named !== null && !URL.canParse(named)) throw noIssuer(slug, 'it names no readable address')
  const places = named === null ? resourceMetadataAddresses(address) : [named]
  for (const place of places) {
    const read = Resource.safeParse(await readDocument(fetch, place))
    if (!read.success) continue
    const { resource, authorization_servers, scopes_supported } = read.data
    if (!covers(resource, address)) throw foreignResource(slug)
    return {
      resource,
      issuers: authorization_servers ?? [],
      scopes: scopes_supported ? scopesIn(scopes_supported.join(' ')) : null,
    }
  }
  if (named !== null) throw noIssuer(slug, 'what it says of its tokens cannot be read')
  // Servers of the first revisions say nothing and are their own issuers.
  return { resource: resourceOf(address), issuers: [new URL(address).origin], scopes: null }
}

/** Reads what an issuer says of itself; `null` where it says nothing that can be read. */
const issuerFacts = async (fetch: OauthFetch, issuer: string): Promise<IssuerFacts | null> => {
  for (const place of issuerMetadataAddresses(issuer)) {
    const read = Metadata.safeParse(await readDocument(fetch, place))
    if (!read.success || read.data.issuer !== issuer) continue
    return factsOf(read.data)
  }
  return null
}

const factsOf = (data: z.output<typeof Metadata>): IssuerFacts => ({
  issuer: data.issuer,
  authorizationEndpoint: data.authorization_endpoint,
  tokenEndpoint: data.token_endpoint,
  registrationEndpoint: data.registration_endpoint ?? null,
  revocationEndpoint: data.revocation_endpoint ?? null,
  scopes: data.scopes_supported ?? null,
  challengeMethods: data.code_challenge_methods_supported ?? null,
  authMethods: data.token_endpoint_auth_methods_supported ?? null,
  responseTypes: data.response_types_supported ?? null,
  grantTypes: data.grant_types_supported ?? null,
  namesItself: data.authorization_response_iss_parameter_supported === true,
  takesDocuments: data.client_id_metadata_document_supported === true,
})

/** Reads a JSON document; `null` where there is none. A redirect is no document. */
const readDocument = async (fetch: OauthFetch, address: string): Promise<unknown> => {
  const answer = await fetch(address, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
  })
  if (answer.status !== 200) {
    await answer.body?.cancel()
    return null
  }
  const text = await answer.text()
  try {
    const read: unknown = JSON.parse(text)
    return read
  } catch {
    return null
  }
}

const foreignResource = (slug: string) => {
  const message =
    `${slug} says that its tokens are for another address than its own; the hub asks for none. ` +
    'An administrator can ask who runs it.'
  return refuse('conflict', 'tools.foreign_resource', message)
}
