import { shorten } from '../../kernel/text.ts'
import { hasDigest } from './digest.ts'
import { isList, isObject, type Json } from './json.ts'
import type { Effective } from './merge.ts'
import { leavesOf } from './path.ts'

/** Most tokens that context may take in an answer. */
export const CONTEXT_TOKENS_MAX = 1_500
/** A usual length of a token in English text; an estimate, so that no tokenizer runs per answer. */
export const CHARS_PER_TOKEN = 4
/** Most characters of a rendered context. */
export const CONTEXT_CHARS_MAX = CONTEXT_TOKENS_MAX * CHARS_PER_TOKEN
/** Values are cut to this before whole lines are left out. */
export const VALUE_CHARS_MIN = 24

/** A context to be shown to an agent. */
export type Shown = Readonly<{
  /** The place it is the context of, as the agent would ask for it again: `GH-12`. */
  at: string
  digest: string
  /** Digest that the client says it still has. */
  have?: string
  /** What global, project and branch say together. */
  shared: Effective
  /** What all tiers say together; the same object as `shared` when no task tier says anything. */
  full: Effective
}>

type Line = Readonly<{ key: string; value: string }>

const TASK_HEADER = 'Task context'

/** A rendered context: its text, the keys whose values were cut, and those that were left out. */
export type Rendered = Readonly<{ text: string; cut: readonly string[]; left: readonly string[] }>

/**
 * Writes a context as text for agents: `Context @9f3a2c unchanged` when the client has it, else
 * its lines; then, always, the lines of the task tiers. Never longer than `CONTEXT_CHARS_MAX`.
 */
export const renderContext = (shown: Shown): string => composeContext(shown).text

/** Writes a context as `renderContext` does, and tells what it did not have room for. */
export const composeContext = (shown: Shown): Rendered => {
  const unchanged = hasDigest(shown.have, shown.digest)
  const header = `Context @${shown.digest}${unchanged ? ' unchanged' : ''}`
  const shared = unchanged ? [] : linesOf(shown.shared)
  const task = shown.full === shown.shared ? [] : taskLines(shown.full)
  const taskHeader = task.length === 0 ? [] : [TASK_HEADER]
  const whole = [header, ...shared.map(lineText), ...taskHeader, ...task.map(lineText)].join('\n')
  if (whole.length <= CONTEXT_CHARS_MAX) return { text: whole, cut: [], left: [] }

  const footer = `rest: context read ${shown.at}`
  const frame = [header, ...taskHeader, footer].join('\n').length + 1
  const room = CONTEXT_CHARS_MAX - frame
  // The task's own lines come first in the room; they are the ones nobody else will send.
  const lines = [...task, ...shared]
  const kept = fitLines(lines, room)
  const longest = valueMax(kept, room)
  const cut = ({ key, value }: Line) => lineText({ key, value: cutValue(value, longest) })
  const taskKept = kept.slice(0, task.length)
  const sharedKept = kept.slice(task.length)
  const parts = [header, ...sharedKept.map(cut), ...taskHeader, ...taskKept.map(cut), footer]
  return {
    text: parts.join('\n'),
    cut: kept.filter(({ value }) => value.length > longest).map(({ key }) => key),
    left: lines.slice(kept.length).map(({ key }) => key),
  }
}

const linesOf = ({ value }: Effective): readonly Line[] =>
  leavesOf(value)
    .map(([key, leaf]): Line => ({ key, value: valueText(leaf) }))
    .toSorted(byKey)

const taskLines = ({ value, provenance, removed }: Effective): readonly Line[] => {
  const own = leavesOf(value)
    .filter(([path]) => provenance.get(path)?.tier === 'task')
    .map(([key, leaf]): Line => ({ key, value: valueText(leaf) }))
  const gone = Array.from(removed)
    .filter(([, { tier }]) => tier === 'task')
    .map(([key]): Line => ({ key, value: '(removed)' }))
  return [...own, ...gone].toSorted(byKey)
}

const byKey = (a: Line, b: Line) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

const lineText = ({ key, value }: Line) => `${key}: ${value}`

/** Writes a leaf: text as it is, with its further lines indented so that none can pose as a key. */
const valueText = (leaf: Json): string => {
  if (typeof leaf === 'string') return leaf === '' ? '""' : leaf.replaceAll('\n', '\n  ')
  if (isList(leaf) && leaf.length > 0 && leaf.every(isPlainItem)) return leaf.map(String).join(', ')
  return isList(leaf) || isObject(leaf) ? JSON.stringify(leaf) : String(leaf)
}

const isPlainItem = (item: Json) =>
  typeof item === 'number' || (typeof item === 'string' && item !== '' && !/[,\n]/.test(item))

const sizeAt = ({ key, value }: Line, max: number) => key.length + 3 + Math.min(value.length, max)

/** Keeps as many lines, from the first on, as fit when their values are cut to the minimum. */
const fitLines = (lines: readonly Line[], room: number): readonly Line[] => {
  let left = room
  const end = lines.findIndex((line) => {
    left -= sizeAt(line, VALUE_CHARS_MIN)
    return left < 0
  })
  return end === -1 ? lines : lines.slice(0, end)
}

/** Finds the length that the longest values are cut to, so that all lines fit the room. */
const valueMax = (lines: readonly Line[], room: number): number => {
  let low = VALUE_CHARS_MIN
  let high = CONTEXT_CHARS_MAX
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const size = lines.reduce((sum, line) => sum + sizeAt(line, middle), 0)
    if (size <= room) low = middle
    else high = middle - 1
  }
  return low
}

/** Cuts between characters: half of a pair would be no text. */
const cutValue = (value: string, max: number): string => {
  const short = shorten(value, max)
  return short === value || short.isWellFormed() ? short : shorten(value, max - 1)
}
