import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorOf, cursorValues } from '../../kernel/page.ts'
import { span } from '../../kernel/text.ts'
import { Cursor, Limit, TaskKey } from '../contract.ts'
import type { BoardNeeds, HistoryEvent } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** Events of one task that can be paged through; older ones are in the ledger's export. */
const EVENTS_MAX = 1_000

const EventView = z.object({
  pos: z.int(),
  name: z.string(),
  at: z.string(),
  actor: z.string().nullable(),
  door: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
})

/** Lists what happened to a task, newest first. */
export const listTaskEvents = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.list_task_events',
  about: 'List what happened to a task, newest first.',
  input: z.strictObject({ key: TaskKey, limit: Limit, cursor: Cursor.optional() }),
  output: z.object({
    items: z.array(EventView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /tasks/:key/events',
  mcp: null, // agents include the log in task_get
  scope: ({ key }) => [key],
  say: ({ items, next }, { now }) => {
    const lines = items.map(({ pos, name, at, actor }) => {
      const since = span(now - Date.parse(at))
      return `#${pos} ${since} ago ${name.replace('work.task_', '')} @${actor ?? 'unknown'}`
    })
    return [...lines, ...(next === null ? [] : [`more: ${next}`])].join('\n') || 'Nothing yet.'
  },
  async run({ key, limit, cursor }, { reads, history, people }) {
    const { taskId } = await reads.ids(key)
    const [before = null] = cursor === undefined ? [null] : cursorValues(cursor, 1)
    const all = await history.events(taskId, EVENTS_MAX)
    const rest = before === null ? all : all.filter(({ pos }) => pos < Number(before))
    const page = rest.slice(0, limit)
    const last = page.at(-1)
    const handles = await people.handles(principalsOf(page))
    return {
      items: page.map((event) => viewOf(event, handles)),
      total: all.length,
      next: rest.length > page.length && last ? cursorOf([last.pos]) : null,
    }
  },
})

/** Fields of events that hold the id of a principal. */
const PEOPLE = ['holder', 'before', 'delegate', 'assignee'] as const

const idsIn = (data: HistoryEvent['data']): readonly string[] =>
  PEOPLE.flatMap((field) => {
    const id = data[field]
    return typeof id === 'string' ? [id] : []
  })

const recordsOf = (data: HistoryEvent['data']) =>
  [data, data['set'], data['was'], data['card']].filter((part) => isRecord(part))

const isRecord = (part: unknown): part is Readonly<Record<string, unknown>> =>
  typeof part === 'object' && part !== null && !Array.isArray(part)

const principalsOf = (events: readonly HistoryEvent[]): readonly string[] => {
  const ids = events.flatMap(({ actorId, data }) => [
    ...(actorId === null ? [] : [actorId]),
    ...recordsOf(data).flatMap(idsIn),
  ])
  return [...new Set(ids)]
}

const viewOf = (event: HistoryEvent, handles: ReadonlyMap<string, string>) => {
  const { pos, name, at, actorId, door, data } = event
  const named = (part: Readonly<Record<string, unknown>>) => ({
    ...part,
    ...Object.fromEntries(
      PEOPLE.flatMap((field) => {
        const id = part[field]
        return typeof id === 'string' ? [[field, handles.get(id) ?? 'unknown']] : []
      }),
    ),
  })
  const inner = (['set', 'was', 'card'] as const).flatMap((field) => {
    const part = data[field]
    return isRecord(part) ? [[field, named(part)] as const] : []
  })
  return {
    ...{ pos, name, door },
    at: new Date(at).toISOString(),
    actor: actorId === null ? null : (handles.get(actorId) ?? 'unknown'),
    data: inner.reduce<Record<string, unknown>>(
      (all, [field, part]) => ({ ...all, [field]: part }),
      named(data),
    ),
  }
}
