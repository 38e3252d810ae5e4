import type { Card, Task } from '../../../../../src/work/contract.ts'
import { type Api, Refused } from '../../../live/api.ts'
import type { Hall } from '../../../live/hall.ts'
import { whyOf } from '../../../live/own/why-of.ts'
import type { Fields } from '../../edits.ts'
import { isCard } from '../../moves.ts'

/** A change of one task that is open. */
export type TaskEdit = Readonly<{
  task: Task
  fields: Fields
  /** What is shown of it until the hub has confirmed it. */
  shown: Partial<Task>
  /** The fields that take it back; left out where that is not offered. */
  back?: Fields
  /** Says what was done: `renamed`. */
  said: string
  /** The version that it was decided on: a change of the same fields since then refuses it. */
  version?: number
}>

/** What became of a change; `stale`: somebody else changed the same fields meanwhile. */
export type Saved = 'saved' | 'stale' | 'refused'

const ATTEMPTS_MAX = 5
/** The hub names this many changes at most: behind them there may be more. */
const NAMED_MAX = 50

/**
 * Changes a task: shows it at once, then asks the hub. A refusal takes it back and shows the hub's
 * sentence; whoever gave a version hears that it was stale, and shows that in its own place.
 */
export const saveTask = async (hall: Hall, edit: TaskEdit): Promise<Saved> => {
  const { task, fields, version } = edit
  const lift = lay(hall, edit)
  try {
    const card = await sendTask(hall.api, { key: task.key, fields, version })
    hall.store.take(card)
    await hall.details.confirm(task.key)
    lift()
    offerBack(hall, { edit, made: card.version })
    return 'saved'
  } catch (thrown) {
    lift()
    hall.store.reread(task.key)
    if (isStale(thrown)) {
      await hall.details.confirm(task.key)
      return 'stale'
    }
    hall.notices.show('bad', whyOf(thrown))
    return 'refused'
  }
}

const lay = ({ details, store }: Hall, { task, shown }: TaskEdit): (() => void) => {
  const lift = details.lay(task.key, shown)
  store.cards.lay(task.id, shown)
  return () => {
    lift()
    store.cards.lift(task.id, shown)
  }
}

type Sent = Readonly<{ key: string; fields: Fields; version?: number | undefined }>

/** Sends fields of a task; a version that others have passed with other fields is no hindrance. */
export const sendTask = async (api: Api, { key, fields, version }: Sent): Promise<Card> => {
  let decided = version
  for (let attempt = 1; ; attempt++) {
    try {
      const input = decided === undefined ? fields : { ...fields, version: decided }
      return await api.change(['PATCH', `/tasks/${key}`], input, isCard)
    } catch (thrown) {
      const passed = passedBy(thrown, Object.keys(fields))
      if (passed === null || attempt >= ATTEMPTS_MAX) throw thrown
      decided = passed
    }
  }
}

/** Tells whether a change was refused because it was decided on an older version. */
export const isStale = (thrown: unknown): boolean =>
  thrown instanceof Refused && thrown.code === 'work.stale_version'

const passedBy = (thrown: unknown, names: readonly string[]): number | null => {
  if (!(thrown instanceof Refused) || !isStale(thrown)) return null
  const { current, changed } = thrown.details
  if (typeof current !== 'number' || !Array.isArray(changed)) return null
  const touched = changed.map((one: unknown): unknown => Reflect.get(Object(one), 'field'))
  const isOurs = touched.some((field) => typeof field !== 'string' || names.includes(field))
  return isOurs || touched.length === 0 || touched.length >= NAMED_MAX ? null : current
}

type Made = Readonly<{ edit: TaskEdit; made: number }>

const offerBack = ({ undo, api, store, details, notices }: Hall, { edit, made }: Made): void => {
  const { task, said, back } = edit
  if (back === undefined || made <= task.version) return notices.say(`${task.key} ${said}`)
  const go = (fields: Fields) => async (version: number) => {
    const card = await sendTask(api, { key: task.key, fields, version })
    store.take(card)
    await details.confirm(task.key)
    return card.version
  }
  undo.did({
    ...{ subject: task.key, made, said: `${task.key} ${said}` },
    ...{ back: go(back), again: go(edit.fields) },
  })
}
