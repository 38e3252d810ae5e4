import { SCRUBBED } from '../../platform/scrub/tokens.ts'
import { isList, isObject, type Json } from '../domain/json.ts'

// What a server says goes to callers and into the record. It may say back whatever it was given,
// so everything that it says passes here: answers, lists, messages on the way.

/** Digits below which a number is never taken for a secret. */
const DIGITS_MIN = 8

type Scrub = (text: string) => string

/**
 * Takes secrets out of JSON of a server: texts, names and long numbers, however deep they lie. The
 * reader of its messages has bounded the depth.
 */
export const scrubbedJson = (value: Json, scrub: Scrub): Json => {
  const clean = scrubbed(value, scrub)
  return isObject(clean) ? acrossBlocks(clean, scrub) : {}
}

const scrubbed = (value: unknown, scrub: Scrub): unknown => {
  if (typeof value === 'string') return scrub(value)
  if (typeof value === 'number') {
    const digits = String(value)
    return digits.length >= DIGITS_MIN && scrub(digits) !== digits ? SCRUBBED : value
  }
  if (isList(value)) return value.map((item) => scrubbed(item, scrub))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [scrub(key), scrubbed(item, scrub)]),
  )
}

/** Finds what was cut over several blocks of text; they become one then, and lose it. */
const acrossBlocks = (result: Json, scrub: Scrub): Json => {
  const { content } = result
  if (!isList(content)) return result
  const texts = content.flatMap((block) => textOf(block) ?? [])
  if (texts.length < 2) return result
  const whole = texts.join('')
  const clean = scrub(whole)
  if (clean === whole) return result
  const first = content.findIndex((block) => textOf(block) !== undefined)
  const rest = content.filter((block, at) => at === first || textOf(block) === undefined)
  return {
    ...result,
    content: rest.map((block) => (isText(block) ? { ...block, text: clean } : block)),
  }
}

const isText = (block: unknown): block is Json => isObject(block) && textOf(block) !== undefined

const textOf = (block: unknown): string | undefined =>
  isObject(block) && typeof block['text'] === 'string' ? block['text'] : undefined
