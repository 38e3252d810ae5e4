import type { Notices } from '../notices.ts'
import { whyOf } from './why-of.ts'

/** Something that was done here and can be taken back. */
export type Done = Readonly<{
  /** What was changed: `GH-12`. */
  subject: string
  /** The version that the change made. */
  made: number
  /** What was done, as a person reads it: `GH-12 moved to Review`. */
  said: string
  /** Does the opposite, on this version; gives the version that makes. */
  back(version: number): Promise<number>
  /** Does it once more, on this version; gives the version that makes. */
  again?: (version: number) => Promise<number>
}>

/** What was done here lately, the way back and the way there again. */
export type Undo = Readonly<{
  did(done: Done): void
  undo(): Promise<void>
  redo(): Promise<void>
}>

/** What taking back needs to know. */
export type UndoGround = Readonly<{
  notices: Notices
  /** Tells who changed something last; `null` where that is not known. */
  whoChanged(subject: string): Promise<string | null>
}>

type Step = Readonly<{ done: Done; from: number; made: number }>

const STEPS_MAX = 50
const SHOWN_MS = 10_000
const SLOT = 'undo'

/** Makes the list of what can be taken back. */
export const undoList = ({ notices, whoChanged }: UndoGround): Undo => {
  let behind: readonly Step[] = []
  let ahead: readonly Step[] = []
  let turn: Promise<void> = Promise.resolve()

  // After a way back the row is as it was at an older version: who waits for that one, waits for
  // the new one from now on. That is how several steps on one thing are taken back in a row.
  const rename = (subject: string, old: number, now: number): void => {
    const one = (step: Step): Step => {
      if (step.done.subject !== subject) return step
      const of = (version: number): number => (version === old ? now : version)
      return { ...step, from: of(step.from), made: of(step.made) }
    }
    behind = behind.map(one)
    ahead = ahead.map(one)
  }
  const refused = async ({ done }: Step, thrown: unknown, verb: string): Promise<void> => {
    const isStale = codeOf(thrown) === 'work.stale_version'
    const who = isStale ? await whoChanged(done.subject).catch(() => null) : null
    const why = isStale ? `${who ?? 'somebody'} changed it since.` : whyOf(thrown)
    notices.clear(SLOT)
    notices.show('bad', `Cannot ${verb}: ${why}`)
  }
  const undoOne = async (): Promise<void> => {
    const step = behind.at(-1)
    if (step === undefined) return notices.say('There is nothing to undo')
    behind = behind.slice(0, -1)
    try {
      const version = await step.done.back(step.made)
      rename(step.done.subject, step.from, version)
      if (step.done.again !== undefined) ahead = [...ahead, { ...step, from: version }]
      const action = step.done.again && { label: 'Redo', run: () => void redo() }
      const text = `Undone: ${step.done.said}`
      notices.show('ok', text, { slot: SLOT, ms: SHOWN_MS, ...(action && { action }) })
    } catch (thrown) {
      if (isAway(thrown)) behind = [...behind, step]
      await refused(step, thrown, 'undo')
    }
  }
  const redoOne = async (): Promise<void> => {
    const step = ahead.at(-1)
    if (step?.done.again === undefined) return notices.say('There is nothing to redo')
    ahead = ahead.slice(0, -1)
    try {
      const version = await step.done.again(step.from)
      rename(step.done.subject, step.made, version)
      behind = [...behind, { ...step, made: version }]
      offer(step.done.said)
    } catch (thrown) {
      if (isAway(thrown)) ahead = [...ahead, step]
      await refused(step, thrown, 'redo')
    }
  }
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    turn = turn.then(act, act)
    return turn
  }
  const undo = (): Promise<void> => inTurn(undoOne)
  const redo = (): Promise<void> => inTurn(redoOne)
  const offer = (said: string): void => {
    const action = { label: 'Undo', run: () => void undo() }
    notices.show('ok', said, { action, slot: SLOT, ms: SHOWN_MS })
  }
  return {
    did(done) {
      const step = { done, from: done.made - 1, made: done.made }
      behind = [...behind, step].slice(-STEPS_MAX)
      ahead = []
      offer(done.said)
    },
    undo,
    redo,
  }
}

const isAway = (thrown: unknown): boolean => codeOf(thrown) === 'web.unreachable'

const codeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : null
