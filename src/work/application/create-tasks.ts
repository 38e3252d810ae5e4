import { assert } from '../../kernel/assert.ts'
import { taskKey } from '../domain/key.ts'
import { rankAfter } from '../domain/rank.ts'
import { isClosed } from '../domain/words.ts'
import type { Draft } from './draft-items.ts'
import type { SaveWords } from './load-items.ts'
import { holds, takePlace } from './move-column.ts'
import type { Shift } from './claim-ports.ts'
import type { NewTask } from './save-ports.ts'

/** New tasks: their keys by id, and what they did to the counters of their parents. */
export type Made = Readonly<{ keys: ReadonlyMap<string, string>; shifts: readonly Shift[] }>

/** Inserts the new tasks of a batch, parents first, numbered in the order they were given. */
export const createTasks = async (words: SaveWords, drafts: readonly Draft[]): Promise<Made> => {
  if (drafts.length === 0) return { keys: new Map(), shifts: [] }
  const { saves, counters, call } = words
  const places = await placesFor(words, drafts)
  const above = await holdersAbove(words, drafts)
  const rows = drafts.map((draft): NewTask => {
    const place = places.get(draft.taskId)
    assert(place, 'every new task has its number')
    const { taskId, project, goal, plot, fields } = draft
    const starts = goal.category === 'started' && call.actor.kind === 'person'
    return {
      ...fields,
      ...plot,
      ...place,
      taskId,
      projectId: project.id,
      columnId: goal.id,
      category: goal.category,
      heldAbove: above.get(taskId) ?? 0,
      assigneeId: fields.assigneeId ?? (starts ? call.actor.id : null),
    }
  })
  await saves.insert(rows, { me: call.actor.id, now: call.now })
  for (const { goal, project } of drafts) {
    if (goal.category === 'started') await takePlace(words, { project, goal, alsoProject: true })
  }
  const children = new Map<string, number>()
  for (const { parentId, category } of rows) {
    if (parentId === null || isClosed(category)) continue
    children.set(parentId, (children.get(parentId) ?? 0) + 1)
  }
  const shifts = await counters.children([...children].map(([taskId, by]) => ({ taskId, by })))
  const keyOf = new Map(drafts.map(({ taskId, project }) => [taskId, project.key]))
  return {
    keys: new Map(
      rows.map((row) => [row.taskId, taskKey(keyOf.get(row.taskId) ?? '', row.number)]),
    ),
    shifts,
  }
}

type Place = Readonly<{ number: number; rank: string }>

/** Takes numbers and ranks at the end, one update per project. */
const placesFor = async (words: SaveWords, drafts: readonly Draft[]) => {
  const places = new Map<string, Place>()
  const projects = [...new Set(drafts.map(({ project }) => project.id))].sort()
  for (const projectId of projects) {
    const own = drafts
      .filter(({ project }) => project.id === projectId)
      .sort((a, b) => a.index - b.index)
    const { first, lastRank } = await words.saves.allocate(projectId, own.length)
    let rank = lastRank
    for (const [index, { taskId }] of own.entries()) {
      rank = rankAfter(rank)
      places.set(taskId, { number: first + index, rank })
    }
  }
  return places
}

/** Counts, for each new task, the ancestors that hold it; a new parent holds nothing yet. */
const holdersAbove = async (words: SaveWords, drafts: readonly Draft[]) => {
  const made = new Set(drafts.map(({ taskId }) => taskId))
  const parents = drafts.flatMap(({ plot }) =>
    plot.parentId === null || made.has(plot.parentId) ? [] : [plot.parentId],
  )
  const saved = await words.saves.again([...new Set(parents)])
  const above = new Map<string, number>()
  for (const { taskId, plot } of drafts) {
    const parent = plot.parentId === null ? undefined : saved.get(plot.parentId)
    const inherited = plot.parentId === null ? 0 : (above.get(plot.parentId) ?? 0)
    above.set(taskId, parent ? parent.heldAbove + holds(parent) : inherited)
  }
  return above
}
