import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { shorten } from '../../kernel/text.ts'
import { Slug, UpstreamDetails } from '../contract.ts'
import type { Upstream } from '../domain/upstream.ts'
import { type Catalogue, type HubTool, mayUse } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import { serverNamed, toolView, upstreamView } from './views.ts'
import { writtenRules } from './written-rules.ts'

/** Characters of a description in the list of a server's tools. */
const ABOUT_CHARS = 240
/** Credentials that are named. */
const ACCOUNTS_MAX = 50

/** Shows a server: its tools, whatever state they are in, its rules, and who is connected. */
export const showToolServer = operation<HubNeeds>()({
  name: 'tools.show_tool_server',
  about: 'Show a server of tools: its tools, its rules, and who is connected to it.',
  input: z.strictObject({ slug: Slug }),
  output: UpstreamDetails,
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tool-servers/:slug',
  mcp: null,
  say: ({ slug, state, title, items }) =>
    [
      `${slug} ${state}: ${title}`,
      ...items.map(({ name, effect, state: stands, off }) => {
        const marks = [effect, ...(stands === 'approved' ? [] : [stands]), ...(off ? ['off'] : [])]
        return `${name} (${marks.join(', ')})`
      }),
    ].join('\n'),
  async run({ slug }, words) {
    const catalogue = await words.catalogue()
    const upstream = serverNamed(catalogue, slug)
    const { call, visible, may, outside, people } = words
    const asker = { actor: call.actor, visible }
    const connections = knownOf(upstream, catalogue, words)
    const ids = connections.flatMap(({ principalId }) => principalId ?? [])
    const [handles, policies] = await Promise.all([
      people.handles([upstream.ownerId, ...ids]),
      words.policies.of(upstream.id),
    ])
    const server = policies.find(({ tool }) => tool === '')?.rules ?? {}
    const [rules = {}] = await writtenRules([server], words)
    // Whoever manages tools sees those that are not for them; to others they are not there.
    const manages = visible === null && may('catalogue:write', null)
    const own = [...catalogue.tools.values(), ...catalogue.blocked.values()]
      .filter((tool) => tool.upstream.id === upstream.id)
      .filter((tool) => manages || mayUse(tool, asker))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    return {
      ...upstreamView(upstream, catalogue, { asker, outside, handles }),
      ...{ instructions: upstream.instructions, rules },
      credentials: connections.map(({ principalId, account, state, createdAt }) => ({
        ...{ by: principalId === null ? null : (handles.get(principalId) ?? '?'), account, state },
        since: new Date(createdAt).toISOString(),
      })),
      items: own.map((tool) => lineOf(tool, catalogue)),
    }
  },
})

/** The shared credential and one's own; those of others for whoever may read connections. */
const knownOf = ({ id }: Upstream, { connections }: Catalogue, { call, may, visible }: Words) => {
  const readsAll = visible === null && may('connection:read', null)
  const own = ({ principalId }: { principalId: string | null }) =>
    principalId === null || principalId === call.actor.id
  return connections
    .filter(({ upstreamId }) => upstreamId === id)
    .filter((one) => readsAll || own(one))
    .slice(0, ACCOUNTS_MAX)
}

const lineOf = (
  tool: HubTool,
  catalogue: Catalogue,
): z.output<typeof UpstreamDetails>['items'][number] => {
  const view = toolView(tool, catalogue)
  const description = shorten(view.description.trim(), ABOUT_CHARS)
  return { ...view, description, off: tool.rules.enabled === false }
}
