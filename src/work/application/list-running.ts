import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { LIST_MAX } from '../../kernel/page.ts'
import { notFound } from '../../kernel/refusal.ts'
import { shorten, span } from '../../kernel/text.ts'
import { Handle, HaltView, RunningView } from '../contract.ts'
import type { CrewNeeds, Halt, RunningRow } from './crew-ports.ts'
import { iso, isoOrNull } from './moments.ts'
import type { People, WorkNeeds } from './ports.ts'

/** Lists what is worked on now, by agents and people alike. */
export const listRunning = operation<WorkNeeds & CrewNeeds>()({
  name: 'work.list_running',
  about: 'List what is worked on now: by whom, since when, how far, and what they said last.',
  input: z.strictObject({
    holder: Handle.optional().describe('Only what this one works on'),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_MAX),
  }),
  output: z.object({
    items: z.array(RunningView),
    total: z.int(),
    /** Set while agents are stopped. */
    stopped: HaltView.nullable(),
  }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /work/running',
  mcp: null,
  // A lease that is renewed leaves no event: what was remembered would say that it runs out.
  cached: false,
  say: ({ items, total, stopped }, { now }) => {
    const lines = items.map((item) => line(item, now))
    const more = total > items.length ? [`${items.length} of ${total}`] : []
    const halt = stopped === null ? [] : [`Agents are stopped, by @${stopped.by ?? 'somebody'}.`]
    return [...halt, ...lines, ...more].join('\n') || 'Nobody works on anything.'
  },
  async run({ holder, limit }, { crew, halts, people, visible }) {
    const holderId = holder === undefined ? null : await idOf(people, holder)
    const [{ rows, total }, halt] = await Promise.all([
      crew.running({ visible, holderId, limit }),
      halts.read(),
    ])
    const items = await runningViews(people, rows)
    return { items: [...items], total, stopped: await haltView(people, halt) }
  },
})

/** Finds the id behind a handle; refuses one that nobody has. */
export const idOf = async (people: People, handle: string): Promise<string> => {
  const known = (await people.byHandle([handle])).get(handle)
  if (!known) throw notFound(`@${handle}`)
  return known.id
}

/** Shows tasks that somebody works on, with the names of those who do. */
export const runningViews = async (
  people: People,
  rows: readonly RunningRow[],
): Promise<readonly z.output<typeof RunningView>[]> => {
  const handles = await people.handles([...new Set(rows.map(({ holderId }) => holderId))])
  return rows.map(({ holderId, since, leaseExpires, noteAt, ...same }) => ({
    ...same,
    holder: handles.get(holderId) ?? 'unknown',
    since: iso(since),
    leaseExpires: isoOrNull(leaseExpires),
    noteAt: isoOrNull(noteAt),
  }))
}

/** Shows who stopped the agents. */
export const haltView = async (people: People, halt: Halt | null) => {
  if (halt === null) return null
  const handles = await people.handles([halt.byId])
  return { by: handles.get(halt.byId) ?? null, at: iso(halt.at) }
}

const line = (item: z.output<typeof RunningView>, now: number): string => {
  const { key, holder, since, progress, leaseExpires, stop, note } = item
  const left = leaseExpires === null ? '' : `, lease ${span(Date.parse(leaseExpires) - now)}`
  const said = note === null ? '' : `: ${shorten(note.replaceAll(/\s+/g, ' '), 80)}`
  const asked = stop ? ', asked to stop' : ''
  return `${key} @${holder} ${span(now - Date.parse(since))} ${progress}%${left}${asked}${said}`
}
