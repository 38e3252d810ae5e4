import { assert } from '../../kernel/assert.ts'
import { TaskChanged, TaskCreated } from '../events.ts'
import { differing } from '../domain/task-change.ts'
import { writeLink } from '../domain/task-link.ts'
import type { Made } from './create-tasks.ts'
import { type Draft, fieldsFrom } from './draft-items.ts'
import { aroundOf } from './end-claim.ts'
import type { Links } from './link-items.ts'
import type { SaveWords } from './load-items.ts'
import { holds } from './move-column.ts'
import type { Shift } from './claim-ports.ts'
import type { CardFacts, Facts, TaskFields } from './save-ports.ts'

/** What was written before fields are, and what is known from before all of it. */
export type Writing = Readonly<{
  drafts: readonly Draft[]
  links: Links
  made: Made
  shifts: readonly Shift[]
  /** Tasks below a moved one that went along into its new branch, with the old one's name. */
  carried: ReadonlyMap<string, string>
  old: ReadonlyMap<string, Facts>
}>

/**
 * Writes the fields of existing tasks and tells of everything that was made or changed so far;
 * gives the ids of existing tasks that did change. Counters of other tasks travel with the first
 * event; those of new tasks are in their cards already.
 */
export const writeChanges = async (
  words: SaveWords,
  writing: Writing,
): Promise<ReadonlySet<string>> => {
  const { drafts, made, carried } = writing
  const shifts = [...writing.shifts]
  const written = new Map<string, readonly string[]>()
  for (const draft of drafts) {
    if (draft.before === null) continue
    const changed = changedOf(draft, writing.links)
    if (changed.length === 0) continue
    shifts.push(...(await writeFields(words, draft)))
    written.set(draft.taskId, changed)
  }
  const others = [...carried.keys()].filter((id) => !written.has(id))
  const facts = await words.saves.facts([...made.keys.keys(), ...written.keys(), ...others])
  const telling = { words, after: afterOf(shifts, made) }
  for (const draft of [...drafts].sort((a, b) => a.index - b.index)) {
    const now = facts.get(draft.taskId)
    if (now && draft.before === null) tellCreated(telling, now, draft)
    const changed = written.get(draft.taskId)
    if (now && changed) tellChanged(telling, { now, draft, changed, writing })
  }
  for (const id of others) {
    const now = facts.get(id)
    assert(now, 'a task that went along is there')
    const set = { branch: now.card.branch }
    const was = { branch: carried.get(id) ?? '' }
    words.emit(TaskChanged({ ...aboutOf(now), set, was, changed: ['branch'] }))
  }
  return new Set([...written.keys(), ...others])
}

type After = { around?: ReturnType<typeof aroundOf>; readied?: number }
type Telling = { words: SaveWords; after: After }

const afterOf = (shifts: readonly Shift[], made: Made): After => {
  const others = shifts.filter(({ id }) => !made.keys.has(id))
  const around = aroundOf(others)
  const readied = others.filter(({ ready }) => ready).length
  return { ...(around.length > 0 && { around }), ...(readied > 0 && { readied }) }
}

/** Gives what happened to others to the event that asks first. */
const takeAfter = (telling: Telling, own: boolean): After => {
  const { around, readied = 0 } = telling.after
  telling.after = {}
  const all = readied + Number(own)
  return { ...(around && { around }), ...(all > 0 && { readied: all }) }
}

const aboutOf = ({ taskId, key, projectId, version }: Facts) => ({
  taskId,
  key,
  projectId,
  version,
})

const tellCreated = (telling: Telling, now: Facts, { fields }: Draft): void => {
  const after = takeAfter(telling, now.card.ready)
  const content = { title: fields.title, body: fields.body }
  telling.words.emit(TaskCreated({ ...aboutOf(now), card: now.card, ...after }, { content }))
}

type Change = Readonly<{
  now: Facts
  draft: Draft
  changed: readonly string[]
  writing: Writing
}>

const tellChanged = (telling: Telling, { now, draft, changed, writing }: Change): void => {
  const { before, fields, taskId } = draft
  const old = writing.old.get(taskId)
  assert(before && old, 'a task that changes was there before')
  const card = pairsOf(old.card, now.card)
  const more = differing(restOf(fieldsFrom(before)), restOf(fields))
  const [was, set] = [restOf(fieldsFrom(before)), restOf(fields)].map((rest) =>
    Object.fromEntries(Object.entries(rest).filter(([name]) => more.includes(name))),
  )
  const content = {
    ...(fields.title !== before.title && { title: fields.title }),
    ...(fields.body !== before.body && { body: fields.body }),
    ...(fields.blocked !== before.blocked && fields.blocked !== null && { reason: fields.blocked }),
  }
  const about = { ...aboutOf(now), changed: [...changed], ...takeAfter(telling, now.card.ready) }
  const links = linksOf(writing.links, taskId)
  const whole = { set: { ...card.set, ...set, ...links }, was: { ...card.was, ...was } }
  telling.words.emit(TaskChanged({ ...about, ...whole }, { content }))
}

/** Card fields that other events speak of: moves, claims, and the counters of `around`. */
const ELSEWHERE = new Set([
  ...['column', 'category', 'rank', 'holder', 'progress', 'ready'],
  ...['openBlockers', 'heldAbove', 'openChildren'],
])

const pairsOf = (old: CardFacts, now: CardFacts) => {
  const names = new Set(differing(old, now).filter((name) => !ELSEWHERE.has(name)))
  const only = (card: CardFacts) =>
    Object.fromEntries(Object.entries(card).filter(([name]) => names.has(name)))
  return { set: only(now), was: only(old) }
}

/** The public fields that a card does not show. */
const restOf = ({ skills, due, holdUntil }: TaskFields) => ({ skills, due, holdUntil })

const linksOf = ({ add, remove }: Links, taskId: string) => {
  const touches = (edge: Readonly<{ taskId: string; toId: string }>) =>
    edge.taskId === taskId || edge.toId === taskId
  const other = (edge: Readonly<{ taskId: string; toId: string }>) =>
    edge.taskId === taskId ? edge.toId : edge.taskId
  const write = (edges: Links['add']) =>
    edges.filter(touches).map((edge) => writeLink({ kind: edge.kind, to: other(edge) }))
  const [linked, unlinked] = [write(add), write(remove)]
  return {
    ...(linked.length > 0 && { linked }),
    ...(unlinked.length > 0 && { unlinked }),
  }
}

/** How the fields of a task are called outside; lane and failures follow from others. */
const NAMES: Readonly<Record<string, string>> = {
  type: 'type',
  title: 'title',
  body: 'body',
  priority: 'priority',
  estimate: 'points',
  assigneeId: 'assignee',
  delegateId: 'delegate',
  skills: 'skills',
  labels: 'labels',
  sprintId: 'sprint',
  accept: 'accept',
  due: 'due',
  holdUntil: 'hold_until',
  blocked: 'blocked',
  archivedAt: 'archived',
}

/** Lists the fields that an item changes on its task, by their outside names. */
const changedOf = ({ before, fields, plot, taskId }: Draft, links: Links): readonly string[] => {
  assert(before, 'only existing tasks change')
  const touches = [...links.add, ...links.remove].some(
    (edge) => edge.taskId === taskId || (edge.kind === 'relates' && edge.toId === taskId),
  )
  return [
    ...differing(fieldsFrom(before), fields).flatMap((name) => NAMES[name] ?? []),
    ...(plot.parentId === before.parentId ? [] : ['parent']),
    ...(plot.branchId === before.branchId ? [] : ['branch']),
    ...(touches ? ['depends_on'] : []),
  ]
}

/** Writes the fields of one task; a flag that comes or goes changes what the task holds below. */
const writeFields = async (words: SaveWords, draft: Draft): Promise<readonly Shift[]> => {
  const { saves, counters, call } = words
  const { taskId, fields } = draft
  const task = (await saves.again([taskId])).get(taskId)
  assert(task, 'a task that changes is locked')
  await saves.update(taskId, fields, call.now)
  const by = holds({ ...task, blocked: fields.blocked }) - holds(task)
  return by === 0 ? [] : counters.held([taskId], by < 0 ? -1 : 1)
}
