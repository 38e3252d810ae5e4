import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Slug, UpstreamView } from '../contract.ts'
import {
  AUTH_KINDS,
  BALANCES,
  CREDENTIAL_OWNERS,
  ERAS,
  REPLICAS_MAX,
  type Upstream,
} from '../domain/upstream.ts'
import { firstOffer, keepServer, sayAdded } from './add-tool.ts'
import type { HubNeeds } from './hub-ports.ts'
import { Rules } from './set-tool-rules.ts'

/** Characters of a document of a service. */
const DOCUMENT_CHARS_MAX = 5_000_000

/** An address of a server and its share of the calls. */
export const ReplicaWish = z.strictObject({
  url: z.string().min(1).max(2_048),
  weight: z.int().min(1).max(100).default(1),
})

/** Where a credential goes. */
export const AuthWish = z.strictObject({
  kind: z.enum(AUTH_KINDS),
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,80}$/, 'is the name of a header or parameter')
    .optional(),
})

/** Adds a server that is not in the catalogue: one that somebody else runs. */
export const addToolServer = operation<HubNeeds>()({
  name: 'tools.add_tool_server',
  about:
    'Add a server of tools by its address: MCP over HTTP, or a service with an OpenAPI document.',
  input: z.strictObject({
    slug: Slug,
    title: z.string().trim().min(1).max(120).optional(),
    kind: z.enum(['http', 'sse', 'openapi']).default('http'),
    url: z.string().min(1).max(2_048),
    replicas: z
      .array(ReplicaWish)
      .max(REPLICAS_MAX - 1)
      .default([])
      .describe('More addresses'),
    document: z.string().max(DOCUMENT_CHARS_MAX).optional().describe('The OpenAPI document'),
    documentUrl: z.string().max(2_048).optional().describe('Where the OpenAPI document is'),
    era: z.enum(ERAS).default('auto'),
    credential: z.enum(CREDENTIAL_OWNERS).default('none'),
    auth: AuthWish.default({ kind: 'none' }),
    balance: z.enum(BALANCES).default('least_connections'),
    rules: Rules.optional(),
    trust: z.boolean().default(false).describe('Believe what it says of its tools’ effects'),
    review: z.boolean().default(false).describe('Look at each tool before it can be used'),
  }),
  output: UpstreamView,
  access: 'catalogue:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'POST /tool-servers',
  mcp: null,
  bulk: true,
  say: sayAdded,
  async ahead(wish, words) {
    const { shelf, call } = words
    const addresses = [{ url: wish.url, weight: 1 }, ...wish.replicas]
    for (const { url } of addresses) shelf.checkAddress(url)
    if (wish.credential !== 'none' && wish.auth.kind === 'none') throw authMissing()
    const { trust, review, kind, credential, auth, balance, era, slug } = wish
    const document = kind === 'openapi' ? await documentOf(wish, words) : null
    const upstream: Upstream = {
      ...{
        id: call.newId(),
        slug,
        title: wish.title ?? slug,
        kind,
        era,
        credential,
        auth,
        balance,
      },
      ...{ entry: null, packageVersion: null, integrity: null, enabled: true },
      ...{
        ownerId: call.actor.id,
        foundAt: null,
        triedAt: null,
        failure: null,
        instructions: null,
        server: null,
      },
      ...{ createdAt: Math.trunc(call.now), version: 1 },
      config: { trust, review, ...(document !== null && { document }) },
      replicas: addresses.map(({ url, weight }) => ({ id: call.newId(), url, weight })),
    }
    return { upstream, offer: await firstOffer(upstream, words) }
  },
  run({ rules }, words) {
    const { upstream, offer } = words.ahead
    return keepServer(upstream, { offer, entry: null, ...(rules && { rules }) }, words)
  },
})

const documentOf = async (
  {
    document,
    documentUrl,
  }: Readonly<{ document?: string | undefined; documentUrl?: string | undefined }>,
  { shelf }: HubNeeds,
): Promise<string> => {
  if (document !== undefined) return document
  if (documentUrl === undefined) throw documentMissing()
  return shelf.fetch(documentUrl)
}

const documentMissing = () => {
  const message = 'A service needs its OpenAPI document: give document or documentUrl.'
  return refuse('invalid', 'tools.document_missing', message)
}

const authMissing = () => {
  const message = 'Say in auth where the credential goes: bearer, header, query, basic or oauth.'
  return refuse('invalid', 'tools.auth_missing', message)
}
