import { assert } from '../../kernel/assert.ts'
import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ProjectChanged } from '../events.ts'
import { type ImportPlan, planImport } from '../domain/import-plan.ts'
import type { ImportProblem, ImportSource } from '../domain/import-row.ts'
import { columnFor, comparable, printed } from '../domain/import-values.ts'
import { taskKey } from '../domain/key.ts'
import { edgesOf, type ImportGround, importedEvent, writeFresh } from './import-fresh.ts'
import { authorsOf, knownPeople } from './import-people.ts'
import { emitAround } from './import-events.ts'
import { changesOf, type Rewritten, rewrite } from './import-rerun.ts'
import type { WorkNeeds } from './ports.ts'
import type { ImportBoard, ImportLink, TransferNeeds } from './transfer-ports.ts'

/**
 * Tasks of one import: all of them are one transaction, and each may leave two events.
 * 18,000 took 11 s on 2 busy cores.
 */
const TASKS_PER_CALL_MAX = 20_000

/** What imports may use. */
export type ImportWords = WorkNeeds & TransferNeeds & Words

/** What somebody asked an import to do. */
export type ImportWish = Readonly<{
  project: string
  name: string | undefined
  dryRun: boolean
  strict: boolean
  /** Reads the source; dates without a time are midnights of the zone. */
  read: (zone: string) => ImportSource
}>

/** What an import did, or would do. */
export type ImportDone = Readonly<{
  plan: ImportPlan
  created: number
  changed: number
  unchanged: number
  problems: readonly ImportProblem[]
}>

/**
 * Runs an import in the one transaction of its call: all of it happens or nothing does. Run again,
 * it changes what the source changed and nobody here did.
 */
export const runImport = async (given: ImportWords, wish: ImportWish): Promise<ImportDone> => {
  // Events carry whole milliseconds.
  const words = { ...given, call: { ...given.call, now: Math.trunc(given.call.now) } }
  const { projects, imports } = words
  const found = await projects.find(wish.project)
  const source = wish.read(found?.settings.zone ?? 'UTC')
  const plan = planImport(source, await knownPeople(words, source))
  if (plan.tasks.length > TASKS_PER_CALL_MAX) {
    const message = `One import takes at most ${TASKS_PER_CALL_MAX} tasks; split the source.`
    throw refuse('too_many', 'work.import_too_large', message, { limit: TASKS_PER_CALL_MAX })
  }
  if (wish.dryRun) {
    const board = found ? await imports.board(found.id) : futureBoard(wish.project, plan)
    const links = found ? await imports.links(found.id, plan.source) : []
    return foresee(plan, board, links)
  }
  if (wish.strict) refuseErrors(plan)
  const projectId = found?.id ?? (await makeProject(words, wish, plan))
  await imports.lock(projectId)
  const [board, links] = await Promise.all([
    imports.board(projectId),
    imports.links(projectId, plan.source),
  ])
  return links.length === 0
    ? importFirst(words, plan, board)
    : importAgain(words, plan, { board, links })
}

const makeProject = async (
  { projects, call, emit }: ImportWords,
  { project: key, name = key }: ImportWish,
  { columns }: ImportPlan,
): Promise<string> => {
  const id = call.newId()
  const made = columns.map((column) => ({ ...column, id: call.newId() }))
  const branchId = call.newId()
  await projects.create({ id, branchId, key, name, settings: {}, columns: made, now: call.now })
  emit(ProjectChanged({ projectId: id, key, version: 1, what: 'created' }, { content: { name } }))
  return id
}

const futureBoard = (key: string, { columns }: ImportPlan): ImportBoard => ({
  projectId: '',
  key,
  branch: { id: '', name: 'main' },
  columns: columns.map(({ name, category }) => ({ id: name, name, category })),
  nextNumber: 1,
  lastRank: null,
})

const foresee = (
  plan: ImportPlan,
  board: ImportBoard,
  links: readonly ImportLink[],
): ImportDone => {
  const last = new Map(links.map((link) => [link.externalId, link.fingerprint]))
  const fresh = plan.tasks.filter(({ externalId }) => !last.has(externalId)).length
  const moved = plan.tasks.filter(({ externalId, values }) => {
    const before = last.get(externalId)
    if (before === undefined) return false
    return printed(comparable(values, columnFor(values, board.columns))).fingerprint !== before
  }).length
  const unchanged = plan.tasks.length - fresh - moved
  return { plan, created: fresh, changed: moved, unchanged, problems: plan.problems }
}

const refuseErrors = ({ problems }: ImportPlan): void => {
  const errors = problems.filter(({ level }) => level === 'error')
  const [first] = errors
  if (!first) return
  const where = first.line === null ? (first.file ?? 'the source') : `line ${first.line}`
  const count = `${errors.length} wrong rows`
  const message = `Nothing was imported for ${count}, first ${where}: ${first.text}`
  const details = { errors: errors.length, problems: errors.slice(0, 100) }
  throw refuse('invalid', 'work.import_not_clean', message, details)
}

const groundOf = async (
  words: ImportWords,
  plan: ImportPlan,
  place: Readonly<{ board: ImportBoard; links: readonly ImportLink[] }>,
): Promise<ImportGround> => {
  const { imports, call } = words
  const known = new Map(place.links.map((link) => [link.externalId, link.taskId]))
  const ids = new Map(
    plan.tasks.map(({ externalId }) => [externalId, known.get(externalId) ?? call.newId()]),
  )
  const authors = await authorsOf(words, plan)
  const labels =
    plan.labels.length === 0
      ? new Map<string, string>()
      : await imports.labels(place.board.projectId, plan.labels)
  const names = new Map(place.links.map(({ taskId, externalId }) => [taskId, externalId]))
  return { plan, board: place.board, ids, names, labels, authors }
}

const importFirst = async (
  words: ImportWords,
  plan: ImportPlan,
  board: ImportBoard,
): Promise<ImportDone> => {
  const { imports, call, emit } = words
  const ground = await groundOf(words, plan, { board, links: [] })
  const rows = await writeFresh(words, ground, plan.tasks)
  await imports.addEdges(edgesOf(ground, plan.tasks), call.now)
  const keys = new Map(rows.map(({ id, number }) => [id, taskKey(board.key, number)]))
  const keyOf = (id: string) => keys.get(id) ?? null
  for (const row of rows) emit(importedEvent(ground, row, { keyOf, counters: undefined }))
  return { plan, created: rows.length, changed: 0, unchanged: 0, problems: plan.problems }
}

const importAgain = async (
  words: ImportWords,
  plan: ImportPlan,
  place: Readonly<{ board: ImportBoard; links: readonly ImportLink[] }>,
): Promise<ImportDone> => {
  const { imports } = words
  const known = new Set(place.links.map(({ externalId }) => externalId))
  const fresh = plan.tasks.filter(({ externalId }) => !known.has(externalId))
  const ground = await groundOf(words, plan, place)
  const moved = changesOf(ground, place.links)
  const unchanged = plan.tasks.length - fresh.length
  if (fresh.length === 0 && moved.length === 0) {
    return { plan, created: 0, changed: 0, unchanged, problems: plan.problems }
  }
  await imports.lockTasks(place.board.projectId)
  const rows = await writeFresh(words, ground, fresh)
  const done: Rewritten = await rewrite(words, ground, { fresh, moved })
  const changed = done.changes.length
  assert(changed <= unchanged + plan.gone.length, 'only known tasks change')
  await emitAround(words, ground, { rows, done })
  return {
    plan,
    created: rows.length,
    changed,
    unchanged: Math.max(0, unchanged - changed),
    problems: [...plan.problems, ...done.problems],
  }
}
