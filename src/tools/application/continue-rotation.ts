import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { RotationFinished } from '../events.ts'
import { advance, type Rotation, ROTATION_STATES, type RotationStep } from '../domain/rotation.ts'
import type { Batch, DraftedKey, ToolsNeeds } from './ports.ts'

/**
 * Goes on with a rotation by one batch. Batch, counts and place are one transaction: whatever
 * interrupts it, the next run begins where the last committed one ended.
 */
export const continueRotation = operation<ToolsNeeds>()({
  name: 'tools.continue_rotation',
  about: 'Go on with a change of keys by one batch.',
  input: z.strictObject({}),
  output: z.object({ state: z.enum(ROTATION_STATES).nullable() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  // A new key may have to be wrapped by a server elsewhere: never inside a transaction.
  async ahead(_input, { rotations, keys }) {
    const open = await rotations.open()
    return open?.state === 'pending' ? keys.draft() : null
  },
  async run(_input, words) {
    const rotation = await words.rotations.lockOpen()
    if (rotation === null) return { state: null }
    const step = await nextStep(rotation, words, words.ahead)
    if (step === null) return { state: rotation.state }
    const next = advance(rotation, step)
    await words.rotations.save(next)
    tell(next, words)
    return { state: next.state }
  },
})

const nextStep = async (
  rotation: Rotation,
  needs: ToolsNeeds & Words,
  draft: DraftedKey | null,
): Promise<RotationStep | null> => {
  const { state, cursor, oldKeys } = rotation
  const { moves, keys, call } = needs
  if (state === 'pending') {
    if (draft === null) return null
    const before = await keys.turn(draft)
    return { kind: 'turned', oldKeys: before, total: await moves.count(before) }
  }
  if (state === 'running') return outcome('moved', await moves.move(cursor, oldKeys), call.now)
  const batch = await moves.verify(cursor)
  if (batch.broken !== null || batch.next !== null) return outcome('verified', batch, call.now)
  if ((await moves.count(oldKeys)) > 0) return { kind: 'failed', why: 'left_over', now: call.now }
  const { destroyed, keptFor } = await moves.destroy(oldKeys)
  return { kind: 'closed', count: batch.count, destroyed, keptFor, now: call.now }
}

const outcome = (kind: 'moved' | 'verified', batch: Batch, now: number): RotationStep =>
  batch.broken === null
    ? { kind, count: batch.count, next: batch.next }
    : { kind: 'failed', why: 'broken_value', now }

const tell = ({ id, state, ...rotation }: Rotation, { emit }: Words): void => {
  if (state !== 'done' && state !== 'failed') return
  const { why, moved, destroyed, keptFor, version } = rotation
  const about = { rotationId: id, outcome: state, why, moved, destroyed, version }
  emit(RotationFinished({ ...about, keptFor: [...keptFor] }))
}
