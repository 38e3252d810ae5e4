import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { UpstreamView } from '../contract.ts'
import type { HubNeeds } from './hub-ports.ts'
import { upstreamView } from './views.ts'

/** Lists the servers of tools and how they do. */
export const listToolServers = operation<HubNeeds>()({
  name: 'tools.list_tool_servers',
  about: 'List the servers of tools: how they do, what they offer, whether you are connected.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(UpstreamView) }),
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tool-servers',
  mcp: null,
  say: ({ items }) =>
    items
      .map(({ slug, state, tools, waiting, title }) => {
        const waits = waiting === 0 ? '' : `, ${waiting} wait for a decision`
        return `${slug} ${state}, ${tools} tools${waits}: ${title}`
      })
      .join('\n') || 'No servers. See what there is: guildhall tool catalogue',
  async run(_input, words) {
    const catalogue = await words.catalogue()
    const all = [...catalogue.upstreams.values()]
    const handles = await words.people.handles(all.map(({ ownerId }) => ownerId))
    const asker = { actor: words.call.actor, visible: words.visible }
    const { outside } = words
    return { items: all.map((one) => upstreamView(one, catalogue, { asker, outside, handles })) }
  },
})
