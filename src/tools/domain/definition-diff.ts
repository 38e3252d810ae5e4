import { canonical } from '../../kernel/canonical.ts'
import { shorten } from '../../kernel/text.ts'
import { looksLike } from './confusables.ts'
import { visible, visibleAscii } from './hidden-characters.ts'
import { isList, isObject, type Json, own } from './json.ts'

/** Lines of a difference. */
export const DIFF_LINES_MAX = 50

const CHARACTERS_MAX = 160
const BEFORE_CHANGE = 30
const PATH_CHARACTERS_MAX = 120
const LEVELS_MAX = 64

type Spell = (text: string) => string

/**
 * Says in short lines what changed between two definitions: `+` added, `-` removed, `~` changed.
 * Hidden characters are spelled out; so are letters of other alphabets where they are the change.
 */
export const diffOf = (before: Json, after: Json): readonly string[] => {
  const lines: string[] = []
  compare({ at: '', before, after, level: 0 }, lines)
  if (lines.length <= DIFF_LINES_MAX) return lines
  const more = lines.length - DIFF_LINES_MAX + 1
  return [...lines.slice(0, DIFF_LINES_MAX - 1), `and ${more} more`]
}

type Pair = Readonly<{ at: string; before: unknown; after: unknown; level: number }>

const compare = ({ at, before, after, level }: Pair, lines: string[]): void => {
  const path = shorten(visible(at), PATH_CHARACTERS_MAX)
  if (isSame(before, after)) return
  if (before === undefined) lines.push(`+ ${path}: ${said(after)}`)
  else if (after === undefined) lines.push(`- ${path}: ${said(before)}`)
  else if (level < LEVELS_MAX && isObject(before) && isObject(after)) {
    for (const key of keysOf(before, after)) {
      const inner = { before: own(before, key), after: own(after, key), level: level + 1 }
      compare({ at: at === '' ? key : `${at}.${key}`, ...inner }, lines)
    }
  } else if (level < LEVELS_MAX && isList(before) && isList(after)) {
    const length = Math.max(before.length, after.length)
    for (let index = 0; index < length; index++) {
      const inner = { before: before[index], after: after[index], level: level + 1 }
      compare({ at: `${at}[${index}]`, ...inner }, lines)
    }
  } else lines.push(`~ ${path}: ${changedText(before, after)}`)
}

const keysOf = (before: Json, after: Json): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()

const isSame = (before: unknown, after: unknown): boolean => {
  if (before === after) return true
  if (typeof before !== 'object' || typeof after !== 'object') return false
  return canonical(before) === canonical(after)
}

const said = (value: unknown, spell: Spell = visible): string =>
  shorten(spell(JSON.stringify(value)), CHARACTERS_MAX)

const changedText = (before: unknown, after: unknown): string => {
  if (typeof before !== 'string' || typeof after !== 'string') {
    return `${said(before)} → ${said(after)}`
  }
  const isDisguised = looksLike(visible(before)) === looksLike(visible(after))
  const spell = isDisguised ? visibleAscii : visible
  const [old, fresh] = [[...before], [...after]]
  let same = 0
  while (same < old.length && old[same] === fresh[same]) same++
  const from = same <= BEFORE_CHANGE ? 0 : same - BEFORE_CHANGE
  return `${part(old, from, spell)} → ${part(fresh, from, spell)}`
}

const part = (characters: readonly string[], from: number, spell: Spell): string => {
  const text = spell(JSON.stringify(characters.slice(from, from + CHARACTERS_MAX).join('')))
  const head = from > 0 ? '…' : ''
  return shorten(`${head}${text}`, CHARACTERS_MAX)
}
