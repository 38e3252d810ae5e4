import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { shorten, span } from '../../kernel/text.ts'
import { Limit, WaitingView } from '../contract.ts'
import type { CrewNeeds } from './crew-ports.ts'
import { iso } from './moments.ts'
import type { WorkNeeds } from './ports.ts'

/** Lists what only a person brings on: what stands in review, and what failed too often. */
export const listWaiting = operation<WorkNeeds & CrewNeeds>()({
  name: 'work.list_waiting',
  about: 'List tasks that wait for a person: in review, or failed as often as is allowed.',
  input: z.strictObject({ limit: Limit }),
  output: z.object({ items: z.array(WaitingView), total: z.int() }),
  access: 'task:write',
  effect: 'read',
  http: 'GET /work/waiting',
  mcp: null,
  cached: true,
  say: ({ items, total }, { now }) => {
    const lines = items.map(({ kind, key, title, since }) => {
      const waited = span(now - Date.parse(since))
      return `${key} ${kind === 'review' ? 'in review' : 'failed'} ${waited} ${shorten(title, 60)}`
    })
    const more = total > items.length ? [`${items.length} of ${total}`] : []
    return [...lines, ...more].join('\n') || 'Nothing waits for a person.'
  },
  async run({ limit }, { crew, people, visible }) {
    const { rows, total } = await crew.waiting({ visible, limit })
    const handles = await people.handles([
      ...new Set(rows.flatMap(({ assigneeId }) => assigneeId ?? [])),
    ])
    const items = rows.map(({ assigneeId, since, ...same }) => ({
      ...same,
      assignee: assigneeId === null ? null : (handles.get(assigneeId) ?? 'unknown'),
      since: iso(since),
    }))
    return { items, total }
  },
})
