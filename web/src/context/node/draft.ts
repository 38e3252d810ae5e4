import type { Wish } from './edit.ts'
import { jsonText, parsedJson } from './json-text.ts'

/** The ways in which a tier can say something about a key. */
export const KINDS = [
  { value: 'text', name: 'A text' },
  { value: 'number', name: 'A number' },
  { value: 'switch', name: 'Yes or no' },
  { value: 'list', name: 'A list' },
  { value: 'json', name: 'JSON' },
  { value: 'change', name: 'Changes of an inherited list' },
  { value: 'removes', name: 'That it is removed' },
  { value: 'nothing', name: 'Nothing' },
] as const

/** One of these ways. */
export type Kind = (typeof KINDS)[number]['value']

/** What somebody is writing about a key. */
export type Draft = Readonly<{
  kind: Kind
  text: string
  /** Elements of a list that are added or taken away, one in a line. */
  adds: string
  takes: string
}>

/** A draft as it is written down, or what is wrong with it. */
export type Read =
  | Readonly<{ isRight: true; wish: Wish }>
  | Readonly<{ isRight: false; said: string; at?: number }>

/** Finds the way in which a text names itself. */
export const kindOf = (text: string): Kind =>
  KINDS.find(({ value }) => value === text)?.value ?? 'text'

/** Gives what stands in the form for something that a tier says. */
export const draftOf = (wish: Wish): Draft => {
  const empty = { text: '', adds: '', takes: '' }
  switch (wish.kind) {
    case 'nothing':
    case 'removes':
      return { ...empty, kind: wish.kind }
    case 'list': {
      const isPlain = isLines(wish.adds) && isLines(wish.takes)
      const [adds, takes] = [linesOf(wish.adds), linesOf(wish.takes)]
      // What is no list of lines is changed with the whole node, as JSON.
      return { ...empty, kind: 'change', ...(isPlain && { adds, takes }) }
    }
    default:
      return { ...empty, ...valueDraft(wish.value) }
  }
}

const valueDraft = (value: unknown): Pick<Draft, 'kind' | 'text'> => {
  if (typeof value === 'string') return { kind: 'text', text: value }
  if (typeof value === 'number') return { kind: 'number', text: String(value) }
  if (typeof value === 'boolean') return { kind: 'switch', text: value ? 'yes' : 'no' }
  if (Array.isArray(value) && isLines(value)) return { kind: 'list', text: linesOf(value) }
  return { kind: 'json', text: jsonText(value) }
}

/** Tells whether what a tier adds or takes can be written as lines. */
export const isLines = (list: readonly unknown[]): boolean =>
  list.every((one) => typeof one === 'string' && one.trim() === one && /^[^\n]+$/.test(one))

const linesOf = (list: readonly unknown[]): string => list.join('\n')

const inLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Reads a draft. */
export const readDraft = ({ kind, text, adds, takes }: Draft): Read => {
  switch (kind) {
    case 'nothing':
    case 'removes':
      return { isRight: true, wish: { kind } }
    case 'text':
      return right(text)
    case 'switch':
      return right(text === 'yes')
    case 'list':
      return right(inLines(text))
    case 'number':
      return numberIn(text)
    case 'json': {
      const parsed = parsedJson(text)
      return parsed.isRight ? right(parsed.value) : parsed
    }
    default:
      return changeOf(inLines(adds), inLines(takes))
  }
}

const right = (value: unknown): Read => ({ isRight: true, wish: { kind: 'is', value } })

const numberIn = (text: string): Read => {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return right(number)
  return { isRight: false, said: 'Write a number such as 3 or 0.5.' }
}

const changeOf = (adds: readonly string[], takes: readonly string[]): Read => {
  if (adds.length + takes.length > 0) {
    return { isRight: true, wish: { kind: 'list', adds, takes } }
  }
  return { isRight: false, said: 'Name an element to add or to take away.' }
}
