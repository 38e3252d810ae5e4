import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { CardView, Cursor, Limit, ProjectKey } from '../contract.ts'
import { readQuery } from '../domain/task-query.ts'
import { weight } from './brief.ts'
import type { SaveWords } from './load-items.ts'
import type { WorkNeeds } from './ports.ts'
import type { SaveNeeds } from './save-ports.ts'

/** Room for the title in a line of a list, so that 20 lines stay within 400 tokens. */
const TITLE_ROOM = 24
/** Blockers that a line of a list names. */
const BLOCKERS_SHOWN_MAX = 2

const FIELDS = ['type', 'branch', 'parent', 'sprint', 'labels', 'progress'] as const

const Listed = CardView.extend({ waitsFor: z.array(z.string()) })

/** Finds tasks in every project the caller may read. */
export const findTasks = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.find_tasks',
  about: 'Find tasks. q: text, keys, @who, ready, blocked, mine, status: label: sprint: type: ...',
  input: z.strictObject({
    q: z.string().max(500).optional(),
    sort: z.enum(['rank', 'updated', 'due', 'priority']).optional(),
    fields: z.array(z.enum(FIELDS)).optional(),
    limit: Limit,
    cursor: Cursor.optional(),
    project: ProjectKey.optional(),
  }),
  output: z.object({
    items: z.array(Listed),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /tasks',
  mcp: 'task_find',
  scope: ({ project }) => (project === undefined ? [] : [project]),
  say: ({ items, total, next }, _, { fields }) => {
    if (items.length === 0) return total === 0 ? 'no tasks' : `no more of ${total}`
    const more = next === null ? '' : `, more: ${next}`
    const lines = items.map((item) => lineOf(item, fields ?? []))
    return [...lines, `${items.length} of ${total}${more}`].join('\n')
  },
  async run({ q, sort, limit, cursor, project }, words) {
    const { finds, projects, call, visible } = words
    const query = readQuery(q ?? '')
    const named = project === undefined ? null : await projects.find(project)
    const found = await finds.find({
      query,
      projectIds: project === undefined ? visible : named ? [named.id] : [],
      whoIds: await idsOf(words, query.who),
      me: call.actor.id,
      now: call.now,
      sort: sort ?? 'rank',
      limit,
      cursor: cursor ?? null,
    })
    return {
      ...found,
      items: found.items.map((item) => ({ ...item, waitsFor: [...item.waitsFor] })),
    }
  },
})

const idsOf = async (
  { people }: SaveWords,
  handles: readonly string[],
): Promise<readonly string[]> => {
  if (handles.length === 0) return []
  const known = await people.byHandle(handles)
  const unknown = handles.find((handle) => !known.has(handle))
  if (unknown === undefined) return [...known.values()].map(({ id }) => id)
  const message = `Nobody here is called @${unknown}.`
  throw refuse('invalid', 'work.query_not_valid', message, { field: 'q' })
}

type Item = z.output<typeof Listed>

/** Says a task in one line: `GH-101 todo H 1p @ana Title <-GH-103`. */
export const lineOf = (item: Item, fields: readonly (typeof FIELDS)[number][]): string => {
  const { key, column, priority, points, holder, delegate, assignee, title, waitsFor } = item
  const who = holder ?? delegate ?? assignee
  const more = [...new Set(fields)].flatMap((field) => {
    const value = item[field]
    const text = Array.isArray(value) ? value.join(',') : value
    return text === null || text === '' ? [] : [`${field}=${text}`]
  })
  return [
    key,
    column.toLowerCase(),
    weight(priority, points),
    who === null ? '' : `@${who}`,
    cut(title),
    item.blocked === null ? '' : '!',
    waitsFor.length === 0 ? '' : `<-${waitsFor.slice(0, BLOCKERS_SHOWN_MAX).join(',')}`,
    ...more,
  ]
    .filter(Boolean)
    .join(' ')
}

/** Shortens a title by what it costs: a letter outside ASCII takes a token nearly by itself. */
const cut = (title: string): string => {
  let room = TITLE_ROOM
  let shown = ''
  for (const letter of title) {
    room -= letter < '\u0080' ? 1 : 3
    if (room < 0) return `${shown.trimEnd()}…`
    shown += letter
  }
  return title
}
