import type { Refusal } from '../../kernel/refusal.ts'
import { refuse } from '../../kernel/refusal.ts'
import { isList, isObject, type Json, own } from './json.ts'

// A chain of references longer than this is a riddle, not a document.
const REFERENCE_HOPS_MAX = 16

/** Code of the refusals that say why one operation cannot be a tool. */
export const UNFIT = 'tools.operation_unfit'

/** Refuses one operation of a document; the others go on. */
export const unfit = (why: string): Refusal => refuse('invalid', UNFIT, why)

/** Gives an object as it is, and an empty one for everything else. */
export const jsonOf = (value: unknown): Json => (isObject(value) ? value : {})

/** Gives a list as it is, and an empty one for everything else. */
export const listOf = (value: unknown): readonly unknown[] => (isList(value) ? value : [])

/** Gives a text that says something, or null. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null

/** Reads a member that the object has itself: `constructor` and the like are nobody's. */
export const member = (value: unknown, name: string): unknown => {
  if (isList(value)) return /^\d{1,6}$/.test(name) ? value[Number(name)] : undefined
  return isObject(value) ? own(value, name) : undefined
}

/** Finds what a reference within the document points at; refuses every other reference. */
export const pointed = (document: Json, reference: string): unknown => {
  if (!reference.startsWith('#/')) {
    throw unfit('It refers to another document; only references within this one are followed.')
  }
  let at: unknown = document
  for (const step of reference.slice(2).split('/')) at = member(at, unescaped(step))
  if (at === undefined) throw unfit(`The document has nothing at ${reference.slice(0, 120)}.`)
  return at
}

const unescaped = (step: string): string => {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    throw unfit('A reference is written with broken percent signs.')
  }
}

/** Follows references until something stands there itself. */
export const followed = (document: Json, value: unknown): Json => {
  let at = value
  for (let hops = 0; hops < REFERENCE_HOPS_MAX; hops += 1) {
    const reference = member(at, '$ref')
    if (typeof reference !== 'string') return jsonOf(at)
    at = pointed(document, reference)
  }
  throw unfit('A reference leads in a circle.')
}
