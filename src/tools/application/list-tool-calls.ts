import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorNumber, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { CallLine, Slug } from '../contract.ts'
import { CALL_NUMBER_MAX } from '../domain/call.ts'
import type { HubNeeds } from './hub-ports.ts'
import { callLine, serverNamed } from './views.ts'

/** Lists calls of tools, the newest first: one's own, or all for whoever reads the ledger. */
export const listToolCalls = operation<HubNeeds>()({
  name: 'tools.list_tool_calls',
  about: 'List calls of tools, the newest first: your own, or everybody’s with ledger:read.',
  input: z.strictObject({
    server: Slug.optional(),
    tool: z.string().max(128).optional().describe('The name that its server gives the tool'),
    mine: z.boolean().default(false),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().max(2_000).optional(),
  }),
  output: z.object({ items: z.array(CallLine), next: z.string().nullable() }),
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tool-calls',
  mcp: null,
  say: ({ items, next }) =>
    [
      ...items.map(
        ({ key, server, tool, by, state, ms }) =>
          `${key} ${server} ${tool} by @${by ?? '?'}: ${state}${ms === null ? '' : `, ${ms} ms`}`,
      ),
      ...(next === null ? [] : [`more: ${next}`]),
    ].join('\n') || 'No calls.',
  async run({ server, tool, mine, limit, cursor }, words) {
    const { call, calls, may, visible, people } = words
    const catalogue = await words.catalogue()
    const seesAll = !mine && visible === null && may('ledger:read', null)
    const rows = await calls.list({
      principalId: seesAll ? null : call.actor.id,
      upstreamId: server === undefined ? null : serverNamed(catalogue, server).id,
      tool: tool ?? null,
      visible: null,
      before: cursor === undefined ? null : cursorNumber(cursor, CALL_NUMBER_MAX),
      limit: limit + 1,
    })
    const shown = rows.slice(0, limit)
    const ids = shown.flatMap(({ principalId, onBehalfOf }) => [
      principalId,
      ...(onBehalfOf === null ? [] : [onBehalfOf]),
    ])
    const handles = await people.handles([...new Set(ids)])
    const last = shown.at(-1)
    return {
      items: shown.map((row) => callLine(row, catalogue, handles)),
      next: last && rows.length > limit ? cursorOf([last.number]) : null,
    }
  },
})
