import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { RotationView } from '../contract.ts'
import { RotationStarted } from '../events.ts'
import { type Rotation, startRotation } from '../domain/rotation.ts'
import type { ToolsNeeds } from './ports.ts'

/** Starts to put everything sealed under a new key of the organisation. */
export const rotateKeys = operation<ToolsNeeds>()({
  name: 'tools.rotate_keys',
  about: 'Put everything that is sealed under a new key, then destroy the old one. Takes a while.',
  input: z.strictObject({}),
  output: RotationView,
  access: 'secret:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'POST /secrets/rotations',
  mcp: null,
  say: (rotation) => sayRotation(rotation),
  async run(_input, { rotations, call, emit }) {
    const given = { id: call.newId(), startedBy: call.actor.id, startedAt: call.now }
    const rotation = startRotation(given)
    if (!(await rotations.add(rotation))) throw underWay()
    emit(RotationStarted({ rotationId: rotation.id, version: rotation.version }))
    return rotationView(rotation)
  },
})

const underWay = () => {
  const message = 'The keys are being changed already; wait until that has ended.'
  return refuse('conflict', 'tools.rotation_under_way', message)
}

/** Shows a rotation. */
export const rotationView = (rotation: Rotation) => {
  const { id, state, total, moved, verified, destroyed, keptFor, why, version } = rotation
  const { startedAt, finishedAt } = rotation
  return {
    ...{ id, state, total, moved, verified, destroyed, keptFor: [...keptFor], why, version },
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
  }
}

/** Says how far a rotation has come. */
export const sayRotation = (
  rotation: Readonly<{ state: string; total: number; moved: number; verified: number }>,
): string => {
  const { state, total, moved, verified } = rotation
  return `Keys ${state}: ${moved} of ${total} moved, ${verified} verified`
}
