import { assert } from '../../kernel/assert.ts'
import { refuse } from '../../kernel/refusal.ts'
import { TaskNoted } from '../events.ts'
import { taskKey } from '../domain/key.ts'
import { type Draft, draftItems } from './draft-items.ts'
import { guardHeld } from './guard-items.ts'
import { draftLinks, writeLinks } from './link-items.ts'
import { loadItems, type SaveAsked, type SaveWords } from './load-items.ts'
import { guardMove, guardStart, moveTo } from './move-column.ts'
import { createTasks } from './create-tasks.ts'
import { plantTasks } from './plant-tasks.ts'
import { writeChanges } from './write-changes.ts'

/** What a batch did. */
export type Saved = Readonly<{
  created: readonly Readonly<{ ref: string | null; key: string }>[]
  changed: readonly string[]
  frees: readonly string[]
}>

/**
 * Saves up to 100 tasks, all or nothing: locks and resolves what the items name, decides what each
 * becomes, and only then writes tasks, parents, edges, fields, moves and comments, in this order.
 */
export const saveItems = async (words: SaveWords, asked: SaveAsked): Promise<Saved> => {
  const batch = await loadItems(words, asked)
  await guardHeld(words, batch)
  const drafts = await draftItems(words, batch, asked.dryRun)
  for (const draft of drafts) await guardDraft(words, draft)
  const links = await draftLinks(words, batch, drafts)
  if (asked.dryRun) return foreseen(words, drafts)
  const existing = drafts.filter(({ before }) => before !== null)
  const old = await words.saves.facts(existing.map(({ taskId }) => taskId))
  const made = await createTasks(
    words,
    drafts.filter(({ before }) => before === null),
  )
  const { carried, ...planted } = await plantTasks(words, drafts)
  const shifts = [...made.shifts, ...planted.shifts, ...(await writeLinks(words, links))]
  const changed = await writeChanges(words, { drafts, links, made, shifts, carried, old })
  const { frees, moved } = await moveTasks(words, drafts)
  await comment(words, drafts, made.keys)
  return {
    created: inGivenOrder(drafts)
      .filter(({ before }) => before === null)
      .map(({ taskId, item }) => ({ ref: item.ref ?? null, key: made.keys.get(taskId) ?? '' })),
    changed: inGivenOrder(drafts).flatMap(({ before, taskId, item }) =>
      before && (changed.has(taskId) || moved.has(taskId) || item.comment !== undefined)
        ? [before.key]
        : [],
    ),
    frees,
  }
}

const inGivenOrder = (drafts: readonly Draft[]): readonly Draft[] =>
  [...drafts].sort((a, b) => a.index - b.index)

const guardDraft = async (words: SaveWords, draft: Draft): Promise<void> => {
  const { before, goal, project, item, at, fields } = draft
  if (item.comment !== undefined && !words.may('comment:write', project.id)) {
    const message = `You may not comment in ${project.key}; it needs comment:write.`
    throw refuse('forbidden', 'work.comment_not_allowed', message, { field: at('comment') })
  }
  if (before === null) return guardStart(words, item.ref ?? fields.title, goal.category)
  // A task leaves the archive, or enters it, together with its move.
  const task = { ...before, archivedAt: item.archived === undefined ? before.archivedAt : null }
  if (goal.id !== before.columnId) await guardMove(words, { task, project, goal })
}

const foreseen = async (words: SaveWords, drafts: readonly Draft[]): Promise<Saved> => {
  const next = new Map<string, number>()
  const created: { ref: string | null; key: string }[] = []
  for (const { before, project, item } of inGivenOrder(drafts)) {
    if (before !== null) continue
    const number = next.get(project.id) ?? (await words.saves.foresee(project.id)).first
    next.set(project.id, number + 1)
    created.push({ ref: item.ref ?? null, key: taskKey(project.key, number) })
  }
  const changed = inGivenOrder(drafts).flatMap(({ before }) => before?.key ?? [])
  return { created, changed, frees: [] }
}

/** Moves existing tasks to the columns they shall stand in. */
const moveTasks = async (words: SaveWords, drafts: readonly Draft[]) => {
  const moving = drafts.filter(({ before, goal }) => before && before.columnId !== goal.id)
  const frees: string[] = []
  for (const { taskId, project, goal } of moving) {
    const task = (await words.saves.again([taskId])).get(taskId)
    assert(task, 'a task that moves is locked')
    frees.push(...(await moveTo(words, { task, project, goal })))
  }
  return { frees, moved: new Set(moving.map(({ taskId }) => taskId)) }
}

const comment = async (
  words: SaveWords,
  drafts: readonly Draft[],
  keys: ReadonlyMap<string, string>,
): Promise<void> => {
  const { notes, call, emit } = words
  for (const { item, taskId, before, project } of drafts) {
    if (item.comment === undefined) continue
    await notes.comment({
      id: call.newId(),
      taskId,
      authorId: call.actor.id,
      body: item.comment,
      now: call.now,
    })
    const key = before?.key ?? keys.get(taskId) ?? ''
    const about = { taskId, key, projectId: project.id, version: 0 }
    emit(TaskNoted({ ...about, what: 'comment' }, { content: { text: item.comment } }))
  }
}
