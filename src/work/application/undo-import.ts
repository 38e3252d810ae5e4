import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { ProjectKey } from '../contract.ts'
import { TaskRemoved } from '../events.ts'
import { aroundOf } from './end-claim.ts'
import { shiftOf } from './import-events.ts'
import type { WorkNeeds } from './ports.ts'
import type { TransferNeeds, UndoRow } from './transfer-ports.ts'

/** Tasks that an answer names; the count tells of all. */
const KEPT_MAX = 1_000
const KEPT_SAID = 20

/** Takes away what an import brought and nobody has touched since. */
export const undoImport = operation<WorkNeeds & TransferNeeds>()({
  name: 'work.undo_import',
  about: 'Remove the tasks of an import that nobody touched since; the others stay and are listed.',
  input: z.strictObject({ source: z.enum(['beads', 'backlog-md']), project: ProjectKey }),
  output: z.object({
    project: z.string(),
    removed: z.int(),
    keptCount: z.int(),
    kept: z.array(z.object({ key: z.string(), externalId: z.string(), why: z.string() })),
  }),
  access: 'data:import',
  effect: 'write',
  http: 'DELETE /import/:source',
  mcp: null,
  scope: ({ project }) => [project],
  say({ project, removed, keptCount, kept }) {
    const shown = kept.slice(0, KEPT_SAID).map(({ key, why }) => `  ${key}: ${why}`)
    const rest = keptCount > shown.length ? [`  and ${keptCount - shown.length} more`] : []
    return [`${project}: ${removed} removed, ${keptCount} kept`, ...shown, ...rest].join('\n')
  },
  async run({ source, project }, { projects, imports, undo, emit }) {
    const found = await projects.find(project)
    if (!found) throw notFound(project)
    await imports.lock(found.id)
    await imports.lockTasks(found.id)
    const rows = await undo.rows(found.id, source)
    const reasons = reasonsToKeep(rows)
    const gone = rows.filter(({ taskId }) => !reasons.has(taskId))
    await undo.remove(gone.map(({ taskId }) => taskId))
    const shifts = (await imports.recount(found.id)).map(shiftOf)
    const readied = shifts.filter(({ ready }) => ready).length
    const last = gone.at(-1)
    for (const row of gone) {
      const { taskId, key, version } = row
      const more = row === last && shifts.length > 0 ? { around: aroundOf(shifts), readied } : {}
      emit(TaskRemoved({ taskId, key, projectId: found.id, version: version + 1, ...more }))
    }
    const kept = rows.flatMap(({ taskId, key, externalId }) => {
      const why = reasons.get(taskId)
      return why === undefined ? [] : [{ key, externalId, why }]
    })
    return {
      project: found.key,
      removed: gone.length,
      keptCount: kept.length,
      kept: kept.slice(0, KEPT_MAX),
    }
  },
})

/** Says why tasks stay: somebody worked on them, or on what hangs on them. */
const reasonsToKeep = (rows: readonly UndoRow[]): ReadonlyMap<string, string> => {
  const own = new Map(rows.map((row) => [row.taskId, row]))
  const reasons = new Map<string, string>()
  for (const { taskId, untouched, children, joined } of rows) {
    if (!untouched) reasons.set(taskId, 'changed since')
    else if (children.some((id) => !own.has(id))) reasons.set(taskId, 'has other subtasks')
    else if (joined.some((id) => !own.has(id))) reasons.set(taskId, 'is joined to other tasks')
  }
  for (const id of [...reasons.keys()]) {
    for (let up = own.get(id)?.parentId ?? null; up !== null; up = own.get(up)?.parentId ?? null) {
      if (own.has(up) && !reasons.has(up)) reasons.set(up, 'is above a task that stays')
    }
  }
  return reasons
}
