import type { LinkState, Stretch } from '../connection.ts'
import { isCursor } from './place.ts'

/** What the tabs of one person say to each other about the stream that one of them reads. */
export type Word =
  /** What happened between two places; `to` is the tab that asked, `null` is every tab. */
  | (Readonly<{ kind: 'news'; to: string | null }> & Stretch)
  /** Nothing links with what was read before: everything is to be read anew, then from `pos` on. */
  | Readonly<{ kind: 'anew'; to: string | null; pos: string }>
  /** A sign of life of the tab that leads: how far it is, and how it is linked to the hub. */
  | Readonly<{
      kind: 'beat'
      by: string
      pos: string | null
      state: LinkState
      dueAt: number | null
    }>
  /** Asks for what came after a place; `null` asks for a place to start from. */
  | Readonly<{ kind: 'ask'; from: string; after: string | null }>

const STATES: readonly unknown[] = ['connecting', 'live', 'reconnecting', 'offline']

/** Tells whether something heard is a word of ours: another tab may run another build. */
export const isWord = (heard: unknown): heard is Word => {
  if (typeof heard !== 'object' || heard === null || !('kind' in heard)) return false
  const has = (field: string, is: (value: unknown) => boolean): boolean =>
    is(Reflect.get(heard, field))
  if (heard.kind === 'ask') return has('from', isText) && has('after', orNull(isCursor))
  if (heard.kind === 'beat') {
    const isLinked = has('state', (state) => STATES.includes(state)) && has('dueAt', isMoment)
    return isLinked && has('by', isText) && has('pos', orNull(isCursor))
  }
  if (!has('to', orNull(isText)) || !has('pos', isCursor)) return false
  if (heard.kind === 'anew') return true
  return heard.kind === 'news' && has('prev', isCursor) && has('events', Array.isArray)
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isMoment = (value: unknown): boolean => value === null || typeof value === 'number'
const orNull =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || is(value)
