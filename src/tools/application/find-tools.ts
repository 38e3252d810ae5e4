import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { shorten } from '../../kernel/text.ts'
import { Slug, ToolName, ToolView } from '../contract.ts'
import { signatureOf } from '../domain/signature.ts'
import { toolsFor, type Asker, type Catalogue } from './catalogue.ts'
import { allowedTool } from './call-tool.ts'
import type { HubNeeds } from './hub-ports.ts'
import { toolView } from './views.ts'

/** Tools that one search names. */
const FOUND_MAX = 8
/** Characters of a description in a list. */
const ABOUT_CHARS = 100

/** Finds tools by words, tells how one is called, or which servers there are. */
export const findTools = operation<HubNeeds>()({
  name: 'tools.find_tools',
  about: 'Find tools of connected servers: q searches, name tells how to call one.',
  input: z.strictObject({
    q: z.string().min(1).max(200).optional(),
    name: ToolName.optional(),
    server: Slug.optional().describe('Tools of this server'),
  }),
  output: z.object({
    servers: z.array(z.object({ server: Slug, title: z.string(), tools: z.int() })),
    items: z.array(ToolView),
    signature: z.string().nullable(),
  }),
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tools',
  mcp: 'tool_find',
  limit: 'search',
  say({ servers, items, signature }) {
    if (signature !== null) return signature
    if (items.length > 0) {
      return items
        .map(({ name, effect, title, description }) => {
          const about = shorten((title ?? description).replaceAll(/\s+/g, ' '), ABOUT_CHARS)
          return `${name}${effect === 'read' ? '' : ` (${effect})`}: ${about}`
        })
        .join('\n')
    }
    if (servers.length === 0) return 'No tool fits.'
    return servers.map(({ server, title, tools }) => `${server} ${tools}: ${title}`).join('\n')
  },
  async run({ q, name, server }, words) {
    const catalogue = await words.catalogue()
    const asker = { actor: words.call.actor, visible: words.visible }
    const nothing = { servers: [], items: [], signature: null }
    if (name !== undefined) {
      const tool = await allowedTool(name, words)
      return { ...nothing, signature: signatureOf(tool.name, tool.definition) }
    }
    if (q !== undefined) {
      const found = await words.search.find(catalogue, q, asker)
      const fits = found.filter((tool) => server === undefined || tool.upstream.slug === server)
      return {
        ...nothing,
        items: fits.slice(0, FOUND_MAX).map((tool) => toolView(tool, catalogue)),
      }
    }
    if (server === undefined) return { ...nothing, servers: serversFor(catalogue, asker) }
    const own = toolsFor(catalogue, asker).filter(({ upstream }) => upstream.slug === server)
    return { ...nothing, items: own.map((tool) => toolView(tool, catalogue)) }
  },
})

const serversFor = (catalogue: Catalogue, asker: Asker) => {
  const tools = Map.groupBy(toolsFor(catalogue, asker), ({ upstream }) => upstream.slug)
  return [...tools].map(([server, own]) => ({
    server,
    title: catalogue.upstreams.get(server)?.title ?? server,
    tools: own.length,
  }))
}
