import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorNumber, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { Handle, HandleIn, Moment, ProjectKey } from '../contract.ts'
import type { EventRow } from './evidence-ports.ts'
import type { Principal } from '../domain/principal.ts'
import { momentOf } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** As long as the longest of what names an object: a handle with its @. */
const OBJECT_CHARS_MAX = 41

/** An event with what is known about the call that caused it. */
export const AuditView = z.object({
  pos: z.int(),
  at: Moment,
  event: z.string(),
  actor: Handle.nullable(),
  kind: z.string().nullable(),
  onBehalfOf: Handle.nullable(),
  operation: z.string().nullable(),
  door: z.string().nullable(),
  object: z.uuid(),
  /** What people call the object: GH-12, GH, @dev-1; `null` where it has no such name. */
  about: z.string().nullable(),
  outcome: z.string().nullable(),
  credential: z.string().nullable(),
  request: z.string().nullable(),
  trace: z.string().nullable(),
  /** The public fields of the event: ids, and changed fields before and after. */
  data: z.record(z.string(), z.unknown()),
})

const OUTCOMES = ['ok', 'refused', 'failed', 'unknown'] as const

/** Finds what happened, who did it and for whom. */
export const findEvents = operation<IdentityNeeds>()({
  name: 'identity.find_events',
  about:
    'Find what happened: by who did it, operation, event, object, outcome or time; newest first.',
  input: z.strictObject({
    actor: HandleIn.optional().describe('Who did it'),
    operation: z.string().max(100).optional(),
    event: z
      .string()
      .max(100)
      .regex(/^[a-z_.]+\*?$/, 'An event is like work.task_moved, or identity.* for many')
      .optional(),
    object: z
      .string()
      .max(OBJECT_CHARS_MAX)
      .optional()
      .describe('An id, a task like GH-12, a project like GH, or somebody like @dev-1'),
    project: ProjectKey.optional().describe('Only what happened in this project'),
    outcome: z.enum(OUTCOMES).optional(),
    since: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({ items: z.array(AuditView), next: z.string().nullable() }),
  access: 'ledger:read',
  effect: 'read',
  http: 'GET /ledger/events',
  mcp: null,
  orgWide: true,
  say: ({ items }) =>
    items
      .map(
        ({ pos, at, event, actor, outcome }) => `${pos} ${at} @${actor ?? '-'} ${event} ${outcome}`,
      )
      .join('\n') || 'Nothing was found on this page.',
  async run(input, needs) {
    const { principals, ledger } = needs
    const actor = input.actor === undefined ? null : await principals.get(input.actor)
    const { rows, next } = await ledger.events({
      actorId: actor?.id ?? null,
      operation: input.operation ?? null,
      event: patternOf(input.event),
      objectId: await objectOf(input.object, needs),
      projectId: input.project === undefined ? null : await objectOf(input.project, needs),
      outcome: input.outcome ?? null,
      since: input.since === undefined ? null : Date.parse(input.since),
      until: input.until === undefined ? null : Date.parse(input.until),
      before: input.cursor === undefined ? null : cursorNumber(input.cursor),
      limit: input.limit,
    })
    const items = await auditViews(principals, rows)
    return { items: [...items], next: next === null ? null : cursorOf([next]) }
  },
})

type Told = z.output<typeof AuditView>

/** Shows events with the names of who did them and of what they are about. */
export const auditViews = async (
  principals: IdentityNeeds['principals'],
  rows: readonly EventRow[],
): Promise<readonly Told[]> => {
  const told = rows.map(auditOf)
  const ids = told.flatMap(({ actor, onBehalfOf, object }) =>
    [actor, onBehalfOf, object].flatMap((id) => id ?? []),
  )
  const known = ids.length === 0 ? [] : await principals.find({ ids: [...new Set(ids)] })
  const handles = new Map(known.map(({ id, handle }: Principal) => [id, handle]))
  const nameOf = (id: string | null) => (id === null ? null : (handles.get(id) ?? null))
  return told.map((one) => ({
    ...one,
    actor: nameOf(one.actor),
    onBehalfOf: nameOf(one.onBehalfOf),
    about: handles.has(one.object) ? `@${handles.get(one.object)}` : keyIn(one.data),
  }))
}

/** Finds the short key among the public fields of an event: of a question, else of a task. */
const keyIn = (data: Told['data']): string | null => {
  const key = data['question'] ?? data['key']
  return typeof key === 'string' && SHORT_KEY.test(key) ? key : null
}

const SHORT_KEY = /^[A-Z][A-Z0-9]{0,9}(-[1-9][0-9]{0,8})?$/
const TASK_KEY = /^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/

const patternOf = (event: string | undefined) => {
  if (event === undefined) return null
  return event.endsWith('*')
    ? { name: event.slice(0, -1), whole: false }
    : { name: event, whole: true }
}

const objectOf = async (
  object: string | undefined,
  { principals, projects }: Pick<IdentityNeeds, 'principals' | 'projects'>,
): Promise<string | null> => {
  if (object === undefined) return null
  if (object.startsWith('@')) return (await principals.get(object.slice(1).toLowerCase())).id
  if (z.uuid().safeParse(object).success) return object
  const isTask = TASK_KEY.test(object)
  if (!isTask && !ProjectKey.safeParse(object).success) throw noObject()
  const id = await (isTask ? projects.taskIdOf(object) : projects.idOf(object))
  if (id === null) throw notFound(object)
  return id
}

const noObject = () => {
  const message = 'object is an id, a task such as GH-12, a project such as GH, or @somebody.'
  return refuse('invalid', 'identity.object_not_valid', message, { field: 'object' })
}

/** Takes the audit out of an event; what it does not hold is `null`. */
const auditOf = ({ data: { audit, ...data }, ...row }: EventRow) => {
  const fields: Readonly<Record<string, unknown>> =
    typeof audit === 'object' && audit !== null ? Object.fromEntries(Object.entries(audit)) : {}
  const text = (name: string): string | null => {
    const value = fields[name]
    return typeof value === 'string' ? value : null
  }
  return {
    pos: row.pos,
    at: momentOf(row.happenedAt),
    event: row.name,
    actor: row.actor,
    kind: text('kind'),
    onBehalfOf: text('for'),
    operation: text('op'),
    door: text('door'),
    object: row.subject,
    about: null,
    outcome: text('out'),
    credential: text('cred'),
    request: text('req'),
    trace: text('trace'),
    data,
  }
}
