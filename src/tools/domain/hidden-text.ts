import { shorten } from '../../kernel/text.ts'
import { looksLike } from './confusables.ts'
import { stripHidden, visible } from './hidden-characters.ts'
import { isList, isObject, type Json } from './json.ts'
import { SUSPICION_RULES } from './suspicion-rules.ts'

// Finds sentences in descriptions that talk to the model behind the person's back (T4). It warns
// whoever approves a definition and stops nothing: rules like these find what is clumsy, and the
// careful attacker writes around them. What stops a definition is the approval and its hash.

/** What a text does that a description should not. */
export type SuspicionKind =
  | keyof typeof SUSPICION_RULES
  | 'hidden_characters'
  | 'mixed_alphabets'
  | 'encoded'
  | 'far_below'

/** A suspicious place: where in the definition, why, and the words themselves. */
export type Suspicion = Readonly<{ at: string; kind: SuspicionKind; words: string }>

/** Suspicions that are told of one definition. */
export const SUSPICIONS_MAX = 20

// Nobody writes more about a tool; what comes behind is looked at no longer.
const CHARACTERS_MAX = 20_000
const WORDS_MAX = 80
const LEVELS_MAX = 64

// These look at the text as it is written.
const ENCODED: readonly RegExp[] = [
  /(?=[\w+/-]{0,119}[A-Z])(?=[\w+/-]{0,119}[a-z])(?=[\w+/-]{0,119}[0-9])[\w+/-]{120,}={0,2}/,
  /(?:[0-9a-f]{2}){64,}/i,
  /(?:\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|%[0-9a-f]{2}|&#x?[0-9a-f]{2,5};){12,}/i,
]
const FAR_BELOW: readonly RegExp[] = [/[ \t]{60,100}\S/, /(?:\r?\n[ \t]{0,20}){15,40}\S/]
const WORD = /[\p{L}\p{M}]{3,60}/gu
const HAS_LATIN = /\p{Script=Latin}/u
const HAS_OTHER = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u
const LATIN_ONLY = /^[a-z]+$/

/** Finds suspicious words in a text; each kind is told once. */
export const suspicionsIn = (text: string): readonly Omit<Suspicion, 'at'>[] => {
  const head = text.slice(0, CHARACTERS_MAX)
  const { text: clean, hidden } = stripHidden(head)
  const found: Omit<Suspicion, 'at'>[] = []
  const note = (kind: SuspicionKind, words: string | undefined): void => {
    if (words !== undefined) found.push({ kind, words: shorten(visible(words.trim()), WORDS_MAX) })
  }
  if (hidden.length > 0) {
    note('hidden_characters', hidden.map(({ kind, count }) => `${count} ${kind}`).join(', '))
  }
  const plain = looksLike(clean).replace(/[‘’]/g, "'").replace(/\s+/g, ' ')
  for (const [kind, patterns] of Object.entries(SUSPICION_RULES)) {
    if (isRule(kind)) note(kind, firstMatch(patterns, plain))
  }
  note('encoded', firstMatch(ENCODED, head))
  note('far_below', firstMatch(FAR_BELOW, head))
  note('mixed_alphabets', [...clean.matchAll(WORD)].map(([word]) => word).find(isDisguised))
  return found
}

/**
 * Finds suspicious words anywhere in a definition: also in names of arguments and in values, which
 * models read as well.
 */
export const suspicionsOf = (body: Json): readonly Suspicion[] => {
  const found: Suspicion[] = []
  look({ value: body, at: '', level: 0 }, found)
  return found.slice(0, SUSPICIONS_MAX)
}

type Place = Readonly<{ value: unknown; at: string; level: number }>

const look = ({ value, at, level }: Place, found: Suspicion[]): void => {
  if (level > LEVELS_MAX || found.length >= SUSPICIONS_MAX) return
  if (typeof value === 'string') {
    for (const suspicion of suspicionsIn(value)) found.push({ at, ...suspicion })
  } else if (isList(value)) {
    for (const [index, item] of value.entries()) {
      look({ value: item, at: `${at}[${index}]`, level: level + 1 }, found)
    }
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const inner = at === '' ? key : `${at}.${key}`
      const named = suspicionsIn(`${key} ${key.replaceAll(/[_-]/g, ' ')}`)
      for (const suspicion of named) found.push({ at: inner, ...suspicion })
      look({ value: item, at: inner, level: level + 1 }, found)
    }
  }
}

const isRule = (kind: string): kind is keyof typeof SUSPICION_RULES =>
  Object.hasOwn(SUSPICION_RULES, kind)

const firstMatch = (patterns: readonly RegExp[], text: string): string | undefined => {
  for (const pattern of patterns) {
    const match = pattern.exec(text)
    if (match !== null) return match[0]
  }
  return undefined
}

// A word of Latin letters in which some are of another alphabet.
const isDisguised = (word: string): boolean =>
  HAS_LATIN.test(word) && HAS_OTHER.test(word) && LATIN_ONLY.test(looksLike(word))
