import { refuse } from '../kernel/refusal.ts'

// One pass over the text of a body, beside `JSON.parse`: it sees what parsing hides (a key given
// twice, half a character) and what would hurt later (depth, number of values). It reads character
// codes and makes no object per value, because every request goes through it.

/** Levels of objects and lists that a body may have. */
export const JSON_DEPTH_MAX = 32
/** Values, those inside others counted, that a body may have. */
export const JSON_VALUES_MAX = 20_000

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const LIST_OPENS = 0x5b
const LIST_CLOSES = 0x5d
const OBJECT_OPENS = 0x7b
const OBJECT_CLOSES = 0x7d
const SMALL_U = 0x75
const HIGH_MIN = 0xd800
const LOW_MIN = 0xdc00
const LOW_MAX = 0xdfff
// Up to here a look through the keys of an object beats making a set of them.
const KEYS_IN_LINE_MAX = 16

/**
 * Refuses JSON that is legal but not welcome: too deep, too many values, `__proto__`, a key given
 * twice, a lone surrogate, a NUL character. What is not JSON at all is for `JSON.parse` to refuse.
 */
export const scanJson = (text: string, valuesMax: number = JSON_VALUES_MAX): void => {
  const levels: Level[] = []
  let level: Level | null = null
  let wantsKey = false
  let values = 1
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfText(text, at + 1)
      if (wantsKey && level !== null) addKey(level, text.slice(at + 1, end))
      wantsKey = false
      at = end
    } else if (code === COMMA) {
      if (++values > valuesMax) throw tooMany(valuesMax)
      wantsKey = level !== null && level.isObject
    } else if (code === OBJECT_OPENS || code === LIST_OPENS) {
      if (levels.length >= JSON_DEPTH_MAX) throw tooDeep()
      if (++values > valuesMax) throw tooMany(valuesMax)
      level = { isObject: code === OBJECT_OPENS, keys: [], set: null }
      levels.push(level)
      wantsKey = level.isObject
    } else if (code === OBJECT_CLOSES || code === LIST_CLOSES) {
      levels.pop()
      level = levels.at(-1) ?? null
      wantsKey = false
    }
  }
}

type Level = { readonly isObject: boolean; readonly keys: string[]; set: Set<string> | null }

const addKey = (level: Level, raw: string): void => {
  const key = raw.includes('\\') ? unescaped(raw) : raw
  if (key === '__proto__') {
    const message = 'Leave out the key "__proto__"; it has no meaning here.'
    throw refuse('invalid', 'platform.json_proto', message)
  }
  if (level.set === null && level.keys.length >= KEYS_IN_LINE_MAX) level.set = new Set(level.keys)
  if (level.set?.has(key) ?? level.keys.includes(key)) throw twice(key)
  if (level.set === null) level.keys.push(key)
  else level.set.add(key)
}

const unescaped = (raw: string): string => {
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch {
    return raw // Not JSON: whoever parses the body says so.
  }
}

/** Finds the quote that ends a text, looking at every character on the way. */
const endOfText = (text: string, start: number): number => {
  let afterHigh = false
  for (let at = start; at < text.length; at++) {
    let code = text.charCodeAt(at)
    if (code === QUOTE) {
      if (afterHigh) throw loneSurrogate()
      return at
    }
    if (code === BACKSLASH) {
      at++
      if (text.charCodeAt(at) === SMALL_U) {
        code = Number.parseInt(text.slice(at + 1, at + 5), 16)
        at += 4
        if (code === 0) throw nul()
      }
    }
    const isLow = code >= LOW_MIN && code <= LOW_MAX
    if (isLow !== afterHigh) throw loneSurrogate()
    afterHigh = code >= HIGH_MIN && code < LOW_MIN
  }
  return text.length
}

const tooDeep = () => {
  const message = `Send JSON at most ${JSON_DEPTH_MAX} levels deep.`
  return refuse('invalid', 'platform.json_too_deep', message, { limit: JSON_DEPTH_MAX })
}

const tooMany = (limit: number) => {
  const message = `Send at most ${limit} values in one body.`
  return refuse('invalid', 'platform.json_too_many_values', message, { limit })
}

const twice = (key: string) => {
  const message = 'Give every key of an object once; one is there twice.'
  return refuse('invalid', 'platform.json_duplicate_key', message, { key: key.slice(0, 100) })
}

const loneSurrogate = () => {
  const message = 'Send whole characters; a text holds half of a surrogate pair.'
  return refuse('invalid', 'platform.json_lone_surrogate', message)
}

const nul = () => {
  const message = 'Take the NUL character out of the text; it cannot be stored.'
  return refuse('invalid', 'platform.json_nul', message)
}
