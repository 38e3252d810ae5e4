import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Category, HaltView, Handle, RunningView, WorkerView } from '../contract.ts'
import { END_OUTCOMES, PRIORITIES, priorityWord } from '../domain/words.ts'
import { DAY_MS } from '../domain/zone-days.ts'
import type { CrewNeeds } from './crew-ports.ts'
import { haltView, idOf, runningViews } from './list-running.ts'
import { iso, isoOrNull } from './moments.ts'
import type { WorkNeeds } from './ports.ts'

/** Days whose attempts count. */
const DAYS = 30
const HELD_MAX = 50

/** Lists who works, what waits for them, and how it went lately. */
export const listWorkers = operation<WorkNeeds & CrewNeeds>()({
  name: 'work.list_workers',
  about: 'List who works: what they hold, how much waits for them, and how 30 days went.',
  input: z.strictObject({}),
  output: z.object({
    items: z.array(WorkerView),
    days: z.int(),
    /** Set while agents are stopped. */
    stopped: HaltView.nullable(),
  }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /work/workers',
  mcp: null,
  say: ({ items, days }) =>
    items.map((item) => workerLine(item)).join('\n') || `Nobody worked in ${days} days.`,
  async run(_, { workers, halts, people, visible, call }) {
    const [rows, halt] = await Promise.all([
      workers.all({ visible, since: call.now - DAYS * DAY_MS }),
      halts.read(),
    ])
    const handles = await people.handles(rows.map(({ id }) => id))
    const items = rows
      .map(({ id, keys, lastAt, ...same }) => ({
        ...same,
        handle: handles.get(id) ?? 'unknown',
        keys: [...keys],
        lastAt: isoOrNull(lastAt),
      }))
      .sort((a, b) => (a.handle < b.handle ? -1 : 1))
    return { items, days: DAYS, stopped: await haltView(people, halt) }
  },
})

const workerLine = (item: z.output<typeof WorkerView>): string => {
  const { handle, keys, queued, attempts, succeeded } = item
  const doing = keys.length > 0 ? keys.join(', ') : 'idle'
  return `@${handle} ${doing}, ${queued} queued, ${succeeded} of ${attempts} well`
}

const Record = z.object({
  handle: z.string(),
  running: z.array(RunningView),
  queue: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      column: z.string(),
      category: Category,
      priority: z.enum(PRIORITIES),
    }),
  ),
  queued: z.int(),
  days: z.int(),
  outcomes: z.array(z.object({ outcome: z.enum(END_OUTCOMES), count: z.int() })),
  /** The last attempts, newest first, however long ago. */
  recent: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      number: z.int(),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      outcome: z.enum(END_OUTCOMES).nullable(),
      summary: z.string().nullable(),
    }),
  ),
})

/** Shows one worker: what they hold, what waits for them, and their last attempts. */
export const getWorker = operation<WorkNeeds & CrewNeeds>()({
  name: 'work.get_worker',
  about: 'Show what somebody works on, what waits for them, and how their last attempts went.',
  input: z.strictObject({ handle: Handle }),
  output: Record,
  access: 'task:read',
  effect: 'read',
  http: 'GET /work/workers/:handle',
  mcp: null,
  say: ({ handle, running, queued, outcomes, recent }) =>
    [
      `@${handle} works on ${running.map(({ key }) => key).join(', ') || 'nothing'}`,
      `queued: ${queued}`,
      `${DAYS} days: ${outcomes.map(({ outcome, count }) => `${count} ${outcome}`).join(', ')}`,
      ...recent.map(({ key, number, outcome }) => `${key} #${number} ${outcome ?? 'working'}`),
    ].join('\n'),
  async run({ handle }, { workers, crew, people, visible, call }) {
    const id = await idOf(people, handle)
    const [record, held] = await Promise.all([
      workers.one(id, { visible, since: call.now - DAYS * DAY_MS }),
      crew.running({ visible, holderId: id, limit: HELD_MAX }),
    ])
    const { queue, queued, outcomes, recent } = record
    return {
      handle,
      running: [...(await runningViews(people, held.rows))],
      queue: queue.map((row) => ({ ...row, priority: priorityWord(row.priority) })),
      queued,
      days: DAYS,
      outcomes: [...outcomes],
      recent: recent.map(({ startedAt, endedAt, ...same }) => ({
        ...same,
        startedAt: iso(startedAt),
        endedAt: isoOrNull(endedAt),
      })),
    }
  },
})
