import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, Refusal } from '../../kernel/refusal.ts'
import { Slug } from '../contract.ts'
import type { Upstream } from '../domain/upstream.ts'
import { CatalogueRefreshed } from '../events.ts'
import { connectionFor } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import { type Offer, readOffer, reconcile } from './reconcile.ts'

/** Servers that one run of the schedule asks. */
const DUE_MAX = 4

const Counted = z.object({
  slug: Slug,
  found: z.int(),
  failure: z.string().nullable(),
})

/** Asks a server again what it offers. */
export const refreshTools = operation<HubNeeds>()({
  name: 'tools.refresh_tools',
  about: 'Ask a server of tools again what it offers; what has changed waits for a decision.',
  input: z.strictObject({ slug: Slug }),
  output: Counted,
  access: 'catalogue:write',
  effect: 'write',
  orgWide: true,
  http: 'POST /tool-servers/:slug/refresh',
  mcp: null,
  say: ({ slug, found, failure }) => `${slug}: ${failure ?? `${found} found`}`,
  async ahead({ slug }, words) {
    const upstream = await words.upstreams.bySlug(slug)
    if (upstream === null) throw notFound(slug)
    return askServer(upstream, words)
  },
  async run({ slug }, words) {
    return keepOffer(slug, words.ahead, words)
  },
})

/** Asks a server again that has said that its lists changed. */
export const refreshHeardTools = operation<HubNeeds>()({
  name: 'tools.refresh_heard_tools',
  about: 'Ask a server of tools again what it offers, because it said that this has changed.',
  input: z.strictObject({ slug: Slug }),
  output: Counted,
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async ahead({ slug }, words) {
    const upstream = await words.upstreams.bySlug(slug)
    if (upstream === null) throw notFound(slug)
    return askServer(upstream, words)
  },
  run: ({ slug }, words) => keepOffer(slug, words.ahead, words),
})

/** Asks the servers whose lists are due: new ones, those that were away, and all now and then. */
export const refreshDueTools = operation<HubNeeds>()({
  name: 'tools.refresh_due_tools',
  about: 'Ask the servers of tools that are due what they offer.',
  input: z.strictObject({}),
  output: z.object({ servers: z.array(Counted) }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async ahead(_input, words) {
    const due = await words.upstreams.due(words.call.now, DUE_MAX)
    // Together: one that does not answer costs the others nothing.
    return Promise.all(
      due.map(async (upstream) => ({
        slug: upstream.slug,
        asked: await askServer(upstream, words),
      })),
    )
  },
  async run(_input, words) {
    const servers: z.output<typeof Counted>[] = []
    for (const { slug, asked } of words.ahead) servers.push(await keepOffer(slug, asked, words))
    return { servers }
  },
})

/** What a server answered: its offer, or why there is none. */
type Asked = Readonly<{ offer: Offer } | { offer: null; failure: string }>

const askServer = async (upstream: Upstream, words: HubNeeds & Words): Promise<Asked> => {
  try {
    const catalogue = await words.catalogue()
    const connection =
      connectionFor(catalogue, upstream, words.call.actor) ?? anyConnection(words, upstream)
    const found = await words.outside.discover(upstream, await connection, words.call)
    return { offer: await readOffer(found, words) }
  } catch (error) {
    if (error instanceof Refusal) return { offer: null, failure: error.message }
    throw error
  }
}

/** The hub itself has no account: it lists with whichever one is there. */
const anyConnection = async (words: HubNeeds, { id, credential }: Upstream) => {
  if (credential === 'none') return null
  const { connections } = await words.catalogue()
  return connections.find(({ upstreamId, state }) => upstreamId === id && state === 'ready') ?? null
}

const keepOffer = async (
  slug: string,
  asked: Asked,
  words: HubNeeds & Words,
): Promise<z.output<typeof Counted>> => {
  const upstream = await words.upstreams.lock(slug)
  if (upstream === null) return { slug, found: 0, failure: 'It was removed meanwhile.' }
  if (asked.offer !== null) {
    const after = await reconcile(upstream, asked.offer, words)
    return { slug, found: asked.offer.definitions.length, failure: after.failure }
  }
  const { failure } = asked
  const version = upstream.version + 1
  // What was listed before stays as it is, and can be used as soon as the server is back.
  await words.upstreams.save({ ...upstream, failure, triedAt: words.call.now, version })
  const none = { found: 0, added: 0, changed: 0, gone: 0 }
  words.emit(CatalogueRefreshed({ upstreamId: upstream.id, ...none, failure, version }))
  return { slug, found: 0, failure }
}
