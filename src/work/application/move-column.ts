import { refuse } from '../../kernel/refusal.ts'
import { TaskMoved } from '../events.ts'
import type { Column } from '../domain/column.ts'
import { type Category, isClosed } from '../domain/words.ts'
import { aroundOf, endClaim } from './end-claim.ts'
import type { SaveWords } from './load-items.ts'
import type { Ending } from './claim-ports.ts'
import type { ProjectPlan, SavedTask } from './save-ports.ts'

/** A task and the column it shall go to; `rank` where its place in the column changes too. */
export type Move = Readonly<{
  task: SavedTask
  project: ProjectPlan
  goal: Column
  rank?: string
}>

/** Refuses a move that somebody's claim, the caller's kind or a rule of the project forbids. */
export const guardMove = async (words: SaveWords, move: Move): Promise<void> => {
  const { task, project, goal } = move
  const { key, holderId } = task
  if (task.archivedAt !== null) {
    const message = `${key} is archived; bring it back before you move it.`
    throw refuse('conflict', 'work.task_archived', message, { key })
  }
  if (goal.id === task.columnId) return
  const { actor } = words.call
  if (actor.kind === 'agent') guardAgent({ key, fence: task.fence, goal }, holderId === actor.id)
  if (holderId !== null && holderId !== actor.id && !words.may('task:takeover', project.id)) {
    throw await claimed(words, key, holderId)
  }
  const inReview = project.columns.some(({ id, role }) => id === task.columnId && role === 'review')
  const isReviewed = inReview || project.settings.review === 'required'
  if (actor.kind !== 'agent' || goal.category !== 'completed' || !isReviewed) return
  if (!(await words.saves.hasTried(task.taskId, actor.id))) return
  const message = `You worked on ${key}; somebody else has to review and close it.`
  throw refuse('conflict', 'work.own_work', message, { key })
}

/** Refuses to let an agent start work by itself; checks a task that is about to be made, too. */
export const guardStart = ({ call }: SaveWords, key: string, category: Category): void => {
  if (call.actor.kind !== 'agent' || category !== 'started') return
  const message = `Agents start work by claiming: claim ${key} with work_next.`
  throw refuse('conflict', 'work.claim_instead', message, { key })
}

type Wish = Readonly<{ key: string; fence: number; goal: Column }>

const guardAgent = ({ key, fence, goal }: Wish, isMine: boolean): void => {
  if (isMine) {
    const how = goal.category === 'started' ? 'work_update' : 'work_finish'
    const message = `You hold ${key}#${fence}; say where it goes with ${how}.`
    throw refuse('conflict', 'work.finish_instead', message, { key })
  }
  if (goal.category !== 'started') return
  const message = `Agents start work by claiming: claim it with work_next (id ${key}).`
  throw refuse('conflict', 'work.claim_instead', message, { key })
}

const claimed = async ({ people }: SaveWords, key: string, holderId: string) => {
  const holder = (await people.handles([holderId])).get(holderId) ?? 'somebody'
  const message = `${key} is held by @${holder}; ask them, or somebody who may take it over.`
  return refuse('conflict', 'work.claimed', message, { key, holder })
}

/**
 * Moves a task that is locked and may move: ends its claim where the new column ends it, keeps the
 * limits, releases or holds what depends on it, and tells of it. Gives the keys that became free.
 */
export const moveTo = async (words: SaveWords, move: Move): Promise<readonly string[]> => {
  const { saves, counters, call } = words
  const { project, goal } = move
  const task = await released(words, move)
  const from = project.columns.find(({ id }) => id === task.columnId)
  await keepLimits(words, { ...move, task })
  const next = becomes(words, { ...move, task })
  const { version, ready } = await saves.place({
    taskId: task.taskId,
    columnId: goal.id,
    category: goal.category,
    now: call.now,
    ...next,
  })
  const turned = Number(!isClosed(goal.category)) - Number(!isClosed(task.category))
  const by = turned < 0 ? -1 : 1
  const shifts = turned === 0 ? [] : await turnAround(words, task, by)
  const held = holds({ ...task, category: goal.category }) - holds(task)
  const down = await counters.held([task.taskId], held < 0 ? -1 : held > 0 ? 1 : 0)
  const around = aroundOf([...shifts, ...down])
  const frees = turned < 0 ? shifts.filter((shift) => shift.ready).map(({ key }) => key) : []
  const set = {
    ...(next.assigneeId !== task.assigneeId && { assignee: next.assigneeId }),
    ...(next.progress !== task.progress && { progress: next.progress }),
  }
  words.emit(
    TaskMoved({
      taskId: task.taskId,
      key: task.key,
      projectId: task.projectId,
      version,
      from: from?.name ?? '',
      to: goal.name,
      category: goal.category,
      ...(next.rank !== task.rank && { rank: next.rank }),
      ...(Object.keys(set).length > 0 && { set }),
      ...(around.length > 0 && { around }),
      readied: shifts.concat(down).filter((shift) => shift.ready).length + (ready ? 1 : 0),
    }),
  )
  return frees
}

/** Counts whether a task holds its subtree: 1 while it is open and blocked or flagged. */
export const holds = (task: Pick<SavedTask, 'category' | 'openBlockers' | 'blocked'>): number =>
  Number(!isClosed(task.category) && (task.openBlockers > 0 || task.blocked !== null))

/** Ends the claim of a task, if it has one that does not survive the move. */
const released = async (words: SaveWords, { task, goal }: Move): Promise<SavedTask> => {
  const staysHeld = goal.category === 'started' && goal.role !== 'review'
  if (task.holderId === null || staysHeld || goal.id === task.columnId) return task
  await endClaim(words, {
    ...endingOf(goal, task.holderId === words.call.actor.id),
    taskId: task.taskId,
    fence: task.fence,
    place: 'stay',
    flag: null,
    summary: null,
    evidence: null,
    usage: null,
    rest: false,
    now: words.call.now,
  })
  return (await words.saves.again([task.taskId])).get(task.taskId) ?? task
}

const endingOf = (goal: Column, isMine: boolean): Pick<Ending, 'outcome' | 'failures'> => {
  if (goal.category === 'completed') return { outcome: 'done', failures: 'reset' }
  if (goal.category === 'canceled') return { outcome: 'canceled', failures: 'keep' }
  if (goal.role === 'review') return { outcome: 'review', failures: 'reset' }
  return { outcome: isMine ? 'released' : 'forced', failures: 'keep' }
}

const becomes = ({ call }: SaveWords, { task, goal, rank }: Move) => {
  const starts = goal.category === 'started' && task.category !== 'started'
  const fills = starts && call.actor.kind === 'person' && task.assigneeId === null
  const reopens = isClosed(task.category) && !isClosed(goal.category)
  const progress = goal.category === 'completed' ? 100 : reopens ? 0 : task.progress
  return { rank: rank ?? task.rank, assigneeId: fills ? call.actor.id : task.assigneeId, progress }
}

/** Keeps the counts of running work where a column or the project limits it. */
const keepLimits = async (words: SaveWords, { task, project, goal }: Move): Promise<void> => {
  if (goal.id === task.columnId) return
  const runs = task.category === 'started'
  const willRun = goal.category === 'started'
  if (runs) await words.saves.leave(project.id, task.columnId, !willRun)
  if (willRun) await takePlace(words, { project, goal, alsoProject: !runs })
}

type Taking = Readonly<{ project: ProjectPlan; goal: Column; alsoProject: boolean }>

/** Takes a place for running work, or refuses because a limit is reached. */
export const takePlace = async (
  { saves }: SaveWords,
  { project, goal, alsoProject }: Taking,
): Promise<void> => {
  const full = await saves.enter(project.id, goal.id, alsoProject)
  if (full === 'column') {
    const message = `The column ${goal.name} is full; finish something there first.`
    throw refuse('conflict', 'work.column_full', message, {
      column: goal.name,
      limit: goal.wipLimit,
    })
  }
  if (full === 'project') {
    const message = `${project.key} runs as much as it may; finish something first.`
    throw refuse('conflict', 'work.project_full', message, { project: project.key })
  }
}

/** Tells those around a task that it closed or opened again; its row is locked by then. */
const turnAround = async (
  { counters }: Pick<SaveWords, 'counters'>,
  { taskId, parentId }: Readonly<{ taskId: string; parentId: string | null }>,
  by: -1 | 1,
) => counters.closedOrOpened({ dependents: await counters.dependents(taskId), parentId }, by)
