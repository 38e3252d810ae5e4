import { refuse } from '../../kernel/refusal.ts'

/** The states of a rotation, in their order. */
export const ROTATION_STATES = ['pending', 'running', 'verifying', 'done', 'failed'] as const
/** A state of a rotation. */
export type RotationState = (typeof ROTATION_STATES)[number]

/** Why a rotation failed: a value does not open, or some are still under an old key. */
export const ROTATION_FAILURES = ['broken_value', 'left_over'] as const
/** A reason of failure. */
export type RotationFailure = (typeof ROTATION_FAILURES)[number]

/** Where a rotation stands in what it goes through. */
export type Cursor = Readonly<{ source: number; after: string | null }>

/** A job that puts everything sealed under a new key and then destroys the keys before it. */
export type Rotation = Readonly<{
  id: string
  state: RotationState
  oldKeys: readonly string[]
  cursor: Cursor
  total: number
  moved: number
  verified: number
  destroyed: number
  /** Kinds of values that keep an old key alive, because nothing here can move them. */
  keptFor: readonly string[]
  why: RotationFailure | null
  startedBy: string
  startedAt: number
  finishedAt: number | null
  version: number
}>

/** What happens to a rotation. */
export type RotationStep =
  | Readonly<{ kind: 'turned'; oldKeys: readonly string[]; total: number }>
  | Readonly<{ kind: 'moved'; count: number; next: Cursor | null }>
  | Readonly<{ kind: 'verified'; count: number; next: Cursor | null }>
  | Readonly<{
      kind: 'closed'
      count: number
      destroyed: number
      keptFor: readonly string[]
      now: number
    }>
  | Readonly<{ kind: 'failed'; why: RotationFailure; now: number }>

type Target = RotationState | 'refuse'

// What was moved last of all goes on to `verifying`: that depends on the step, not on the table.
const NEXT: Readonly<Record<RotationState, Readonly<Record<RotationStep['kind'], Target>>>> = {
  pending: { ...none(), turned: 'running', failed: 'failed' },
  running: { ...none(), moved: 'running', failed: 'failed' },
  verifying: { ...none(), verified: 'verifying', closed: 'done', failed: 'failed' },
  done: none(),
  failed: none(),
}

function none(): Record<RotationStep['kind'], Target> {
  const no = 'refuse' as const
  return { turned: no, moved: no, verified: no, closed: no, failed: no }
}

const START: Cursor = { source: 0, after: null }

/** Starts a rotation; its work is done by a schedule, batch by batch. */
export const startRotation = (
  given: Readonly<{ id: string; startedBy: string; startedAt: number }>,
): Rotation => ({
  ...given,
  ...{ state: 'pending', oldKeys: [], cursor: START, keptFor: [], why: null, finishedAt: null },
  ...{ total: 0, moved: 0, verified: 0, destroyed: 0, version: 1 },
})

/** Decides what becomes of a rotation; refuses a step that does not belong to its state. */
export const advance = (rotation: Rotation, step: RotationStep): Rotation => {
  const state = NEXT[rotation.state][step.kind]
  if (state === 'refuse') {
    const message = `A rotation that is ${rotation.state} cannot be ${step.kind}; read it again.`
    throw refuse('conflict', 'tools.rotation_not_there', message, { state: rotation.state })
  }
  const next = { ...rotation, state, version: rotation.version + 1 }
  switch (step.kind) {
    case 'turned':
      return { ...next, oldKeys: step.oldKeys, total: step.total }
    case 'moved': {
      const moved = rotation.moved + step.count
      if (step.next) return { ...next, moved, cursor: step.next }
      return { ...next, moved, state: 'verifying', cursor: START }
    }
    case 'verified':
      return {
        ...next,
        verified: rotation.verified + step.count,
        cursor: step.next ?? rotation.cursor,
      }
    case 'closed':
      return {
        ...next,
        verified: rotation.verified + step.count,
        destroyed: step.destroyed,
        keptFor: step.keptFor,
        finishedAt: step.now,
      }
    default:
      return { ...next, why: step.why, finishedAt: step.now }
  }
}
