import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ObjectiveKey } from '../contract.ts'
import { objectiveKey } from './measure-objectives.ts'
import type { ContextNeeds } from './ports.ts'
import { liveOf, refuseStale, savedEvent } from './save-objective.ts'

/** Archives an objective: it counts no longer, and nothing aligns with it any more. */
export const archiveObjective = operation<ContextNeeds>()({
  name: 'context.archive_objective',
  about: 'Archive an objective; what lies below it has to be moved or archived first.',
  input: z.strictObject({ id: ObjectiveKey, version: z.int().min(1).optional() }),
  output: z.object({ id: ObjectiveKey, version: z.int() }),
  access: 'objective:write',
  effect: 'write',
  http: 'POST /objectives/:id/archive',
  mcp: null,
  orgWide: true,
  say: ({ id }) => `${id} archived`,
  async run({ id, version }, { objectives, call, emit }) {
    await objectives.lockTree()
    const tree = await objectives.all(false)
    const before = liveOf(tree, id)
    refuseStale(before, version)
    const below = tree.filter(({ parentId }) => parentId === before.id).map(objectiveKey)
    const names = below.slice(0, 5).join(', ')
    if (below.length > 0) {
      const message = `Below ${id} lies ${names}; move or archive that first.`
      throw refuse('conflict', 'context.objective_not_empty', message, { below })
    }
    const next = { ...before, archivedAt: call.now, version: before.version + 1 }
    await objectives.save(next)
    await objectives.release(next.id)
    emit(savedEvent(next, { tree, places: [] }))
    return { id, version: next.version }
  },
})
