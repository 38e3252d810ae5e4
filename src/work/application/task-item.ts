import { z } from 'zod'
import { Body, Handle, Line, Priority, TaskKey, TaskType, Text, Title } from '../contract.ts'
import { ACCEPT_MAX, DEPENDENCIES_MAX } from '../domain/words.ts'

/** Skills or labels that one task carries at most. */
const WORDS_MAX = 50

const Ref = z
  .string()
  .regex(/^(?![A-Z][A-Z0-9]{1,9}-[1-9][0-9]*$)[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, {
    error: 'is a word of yours for this item, not a key',
  })
/** A key, or the `ref` of another item. */
const Link = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, {
  error: 'is a task key such as GH-12, or a ref of this batch',
})
const LinkEntry = z.string().regex(/^[+-]?([a-z_]{1,20}:)?[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, {
  error: 'is a task key or ref, with + or - to modify, or a kind before it: relates:GH-4',
})

// Bounds are refinements here, because each bound in the schema of a tool costs every agent tokens.
const upTo = <T extends z.ZodType>(item: T, max: number) =>
  z.array(item).refine((list) => list.length <= max, { error: `has at most ${max} entries` })
const Whole = z.int().refine((value) => value >= 1 && value < 2 ** 31, {
  error: 'is a whole number above 0',
})
const Points = z.number().refine((value) => value >= 0 && value <= 10_000, {
  error: 'is between 0 and 10000',
})

/** The fields that saving and changing share. */
const fields = {
  version: Whole.optional(),
  title: Title.optional(),
  body: Body.optional(),
  type: TaskType.optional(),
  parent: Link.nullable().optional(),
  branch: Line(100).optional(),
  status: Line(60).optional(),
  priority: Priority.optional(),
  points: Points.nullable().optional(),
  assignee: Handle.nullable().optional(),
  labels: upTo(Line(60), WORDS_MAX).optional(),
  skills: upTo(Line(50), WORDS_MAX).optional(),
  depends_on: upTo(LinkEntry, DEPENDENCIES_MAX).optional(),
  sprint: Whole.nullable().optional(),
  accept: upTo(Line(500), ACCEPT_MAX).optional(),
  due: Line(40).nullable().optional(),
  comment: Text(8_000).optional(),
  archived: z.boolean().optional(),
}

/** One task in a batch: new without `id`, else the changes of an existing one. */
export const TaskItem = z.strictObject({ id: TaskKey.optional(), ref: Ref.optional(), ...fields })

/** The changes of one task, with what only people and programs set. */
export const TaskPatch = z.strictObject({
  ...fields,
  blocked: Line(500).nullable().optional(),
  delegate: Handle.nullable().optional(),
  hold_until: Line(40).nullable().optional(),
})

/** An item as saving takes it, wherever it came from. */
export type Item = z.output<typeof TaskItem> & Omit<z.output<typeof TaskPatch>, 'version'>

/** Items that one call saves at most. */
export const ITEMS_MAX = 100
