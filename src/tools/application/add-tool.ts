import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { JsonObject, Slug, UpstreamView } from '../contract.ts'
import { type CatalogueEntry, rulesOf } from '../domain/catalogue-entry.ts'
import { checkParameters, serviceOf, urlOf } from '../domain/catalogue-start.ts'
import { type Upstream, UPSTREAMS_MAX } from '../domain/upstream.ts'
import { UpstreamAdded } from '../events.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Json } from './hub-records.ts'
import { type Offer, readOffer, reconcile } from './reconcile.ts'
import { upstreamView } from './views.ts'

/** The short name under which the hub's own tools are. */
const OWN_SLUG = 'guildhall'

/** Adds a server out of the ready catalogue. */
export const addTool = operation<HubNeeds>()({
  name: 'tools.add_tool',
  about:
    'Add a server of tools from the catalogue: its program is installed, its tools are listed.',
  input: z.strictObject({
    entry: z.string().min(1).max(60),
    slug: Slug.optional().describe('Its short name here; the entry has one'),
    parameters: JsonObject.default({}).describe('What the entry wants to know, as JSON'),
    review: z.boolean().default(false).describe('Look at each tool before it can be used'),
  }),
  output: UpstreamView,
  access: 'catalogue:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'POST /tool-catalogue/:entry',
  mcp: null,
  say: sayAdded,
  async ahead({ entry: key, slug, parameters, review }, words) {
    const { shelf, upstreams } = words
    const entry = shelf.named(key)
    const name = slug ?? entry.slug
    // Asked before anything is installed; the unique index has the last word.
    if ((await upstreams.bySlug(name)) !== null) throw slugTaken(name)
    const upstream = await fromEntry(entry, { name, parameters, review }, words)
    return { entry, upstream, offer: await firstOffer(upstream, words) }
  },
  async run(_input, words) {
    const { entry, upstream, offer } = words.ahead
    return keepServer(upstream, { offer, entry }, words)
  },
})

type Chosen = Readonly<{ name: string; parameters: Json; review: boolean }>

const fromEntry = async (
  entry: CatalogueEntry,
  { name, parameters, review }: Chosen,
  { shelf, call }: HubNeeds & Words,
): Promise<Upstream> => {
  const values = checkParameters(entry, parameters)
  const base = {
    ...{ id: call.newId(), slug: name, title: entry.title, entry: entry.key, auth: entry.auth },
    ...{ credential: entry.credential, balance: 'least_connections' as const },
    ...{
      enabled: entry.enabled,
      ownerId: call.actor.id,
      foundAt: null,
      triedAt: null,
      failure: null,
    },
    ...{ instructions: null, server: null, createdAt: Math.trunc(call.now), version: 1 },
    ...{ packageVersion: null, integrity: null },
  }
  const choice = { review, trust: false }
  if (entry.kind === 'stdio') {
    const { config, integrity } = await shelf.prepare(entry, parameters, base.id)
    const { version } = entry.package
    return {
      ...{ ...base, kind: 'stdio', era: entry.era, packageVersion: version, integrity },
      ...{ config: { ...config, ...choice }, replicas: [] },
    }
  }
  if (entry.kind === 'http') {
    const replicas = [{ id: call.newId(), url: urlOf(entry, values), weight: 1 }]
    return { ...base, kind: 'http', era: 'auto', config: choice, replicas }
  }
  const { documentUrl, baseUrl } = serviceOf(entry, values)
  const document = await shelf.fetch(documentUrl)
  const replicas = [{ id: call.newId(), url: baseUrl, weight: 1 }]
  return { ...base, kind: 'openapi', era: 'auto', config: { ...choice, document }, replicas }
}

/** Asks a new server what it offers, where that needs no credential. */
export const firstOffer = async (
  upstream: Upstream,
  words: HubNeeds & Words,
): Promise<Offer | null> => {
  if (!upstream.enabled || upstream.credential !== 'none') return null
  return readOffer(await words.outside.discover(upstream, null, words.call), words)
}

type Kept = Readonly<{ offer: Offer | null; entry: CatalogueEntry | null; rules?: Json }>

/** Keeps a new server, its first rules, and what it offers. */
export const keepServer = async (
  upstream: Upstream,
  { offer, entry, rules }: Kept,
  words: HubNeeds & Words,
) => {
  const { upstreams, policies, emit } = words
  if ((await upstreams.count()) >= UPSTREAMS_MAX) throw tooMany()
  if (upstream.slug === OWN_SLUG) throw slugTaken(upstream.slug)
  if (!(await upstreams.add(upstream))) throw slugTaken(upstream.slug)
  const { id: upstreamId, slug, kind, packageVersion, version } = upstream
  emit(UpstreamAdded({ upstreamId, slug, kind, entry: upstream.entry, packageVersion, version }))
  const server = rules ?? entry?.rules ?? {}
  await policies.set({ upstreamId, tool: '', rules: server })
  const after = offer === null ? upstream : await reconcile(upstream, offer, words)
  if (entry !== null) await firstRules(entry, { upstreamId, offer }, words)
  const catalogue = await words.catalogue()
  const asker = { actor: words.call.actor, visible: words.visible }
  const handles = await words.people.handles([after.ownerId])
  const view = upstreamView(after, catalogue, { asker, outside: words.outside, handles })
  return { ...view, tools: offer?.definitions.filter(isTool).length ?? 0 }
}

const isTool = ({ definition }: Offer['definitions'][number]): boolean => definition.kind === 'tool'

/** Sets what the catalogue knows of single tools: their effects, and which are off at first. */
const firstRules = async (
  entry: CatalogueEntry,
  { upstreamId, offer }: Readonly<{ upstreamId: string; offer: Offer | null }>,
  { policies }: HubNeeds,
): Promise<void> => {
  const named = Object.values(entry.tools.effects).flatMap((names) => [...(names ?? [])])
  const listed = (offer?.definitions ?? []).filter(isTool).map(({ definition }) => definition.name)
  for (const tool of new Set([...named, ...listed])) {
    const rules = rulesOf(entry, tool)
    if (Object.keys(rules).length > 0) await policies.set({ upstreamId, tool, rules })
  }
}

/** Says that a server was added. */
export function sayAdded({
  slug,
  tools,
  credential,
  auth,
  enabled,
}: z.output<typeof UpstreamView>) {
  if (!enabled) return `${slug} added; it is off until somebody switches it on`
  if (credential !== 'none') {
    const way = auth === 'oauth' ? 'start' : 'connect'
    return `${slug} added; connect an account: guildhall account ${way} ${slug}`
  }
  return `${slug} added, ${tools} tools`
}

const slugTaken = (slug: string) => {
  const message = `There is a server ${slug} already; choose another name with --slug.`
  return refuse('conflict', 'tools.slug_taken', message)
}

const tooMany = () => {
  const message = `There can be ${UPSTREAMS_MAX} servers; remove what nobody uses.`
  return refuse('conflict', 'tools.too_many_servers', message, { limit: UPSTREAMS_MAX })
}
