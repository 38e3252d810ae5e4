import type { Card } from '../../../../../src/work/contract.ts'
import { cutText } from '../../../ui/signs.ts'
import { PRIORITIES } from '../../words.ts'

// A list that somebody wrote elsewhere becomes tasks: one line each, deeper lines below the line
// above them. Marks stand at the ends of a line, so that a `#` or `@` within a sentence stays text.

/** A line of a pasted list, as the task it would become. */
export type PastedTask = Readonly<{
  title: string
  /** Place in the list of the task it belongs to; `null`: it stands alone. */
  parent: number | null
  depth: number
  isDone: boolean
  priority: Card['priority'] | null
  labels: readonly string[]
  points: number | null
  assignee: string | null
}>

/** What was read of a pasted text, and how many of its lines were left out. */
export type Pasted = Readonly<{ tasks: readonly PastedTask[]; leftOut: number }>

/** Tasks that one paste makes at most: what the hub saves at once. */
export const PASTED_MAX = 100
const TITLE_LETTERS_MAX = 300
/** Levels of subtasks that a project may have. */
const DEPTH_MAX = 8
const LABELS_MAX = 50
const TAB_SPACES = 4
// Nobody means 1080 points by `1080p`.
const POINTS_MAX = 100

/** Reads the tasks out of a pasted text. */
export const readPasted = (text: string): Pasted => {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => /[\p{L}\p{N}]/u.test(line))
  const tasks: PastedTask[] = []
  // The lines that the next one may lie below: how far they are indented, and which task they are.
  let above: readonly Readonly<{ indent: number; at: number }>[] = []
  let leftOut = 0
  for (const line of lines) {
    const task = readLine(line)
    if (task === null) continue
    if (tasks.length >= PASTED_MAX) {
      leftOut++
      continue
    }
    const indent = indentOf(line)
    above = above.filter((one) => one.indent < indent).slice(0, DEPTH_MAX - 1)
    const parent = above.at(-1)?.at ?? null
    const at = tasks.push({ ...task, parent, depth: above.length }) - 1
    above = [...above, { indent, at }]
  }
  return { tasks, leftOut }
}

const indentOf = (line: string): number => {
  let indent = 0
  for (const letter of line) {
    if (letter === '\t') indent += TAB_SPACES - (indent % TAB_SPACES)
    else if (/\s/.test(letter)) indent++
    else return indent
  }
  return indent
}

const BULLET = /^\s*(?:>\s*)*(?:#{1,6}\s+)?(?:[-*+•–]\s+|\d{1,4}[.)]\s+)?/u
const BOX = /^\[([ xX]?)\]\s+/

type Line = Omit<PastedTask, 'parent' | 'depth'>

const readLine = (line: string): Line | null => {
  const item = line.replace(BULLET, '')
  const box = BOX.exec(item)
  const words = item
    .slice(box?.[0].length ?? 0)
    .trim()
    .split(/\s+/)
  const first = words.findIndex((word) => markOf(word) === null)
  if (first < 0) return null
  const last = words.findLastIndex((word) => markOf(word) === null)
  const marks = [...words.slice(0, first), ...words.slice(last + 1)].flatMap(
    (word) => markOf(word) ?? [],
  )
  const title = cut(words.slice(first, last + 1).join(' '))
  const labels = marks.flatMap((mark) => (mark.kind === 'label' ? [mark.label] : []))
  return {
    title,
    isDone: box?.[1]?.toLowerCase() === 'x',
    priority: marks.findLast((mark) => mark.kind === 'priority')?.priority ?? null,
    labels: [...new Map(labels.map((label) => [label.toLowerCase(), label])).values()].slice(
      0,
      LABELS_MAX,
    ),
    points: marks.findLast((mark) => mark.kind === 'points')?.points ?? null,
    assignee: marks.findLast((mark) => mark.kind === 'assignee')?.assignee ?? null,
  }
}

type Mark =
  | Readonly<{ kind: 'priority'; priority: Card['priority'] }>
  | Readonly<{ kind: 'label'; label: string }>
  | Readonly<{ kind: 'points'; points: number }>
  | Readonly<{ kind: 'assignee'; assignee: string }>

const markOf = (word: string): Mark | null => {
  const name = word.slice(1)
  const priority = PRIORITIES.find((known) => known === name.toLowerCase())
  if (word.startsWith('!') && priority) return { kind: 'priority', priority }
  // `#12` speaks of an issue somewhere else, it is no label.
  if (/^#[\p{L}\p{N}][\p{L}\p{N}_./-]{0,59}$/u.test(word) && !/^#\d+$/.test(word)) {
    return { kind: 'label', label: name }
  }
  if (/^@[a-z0-9][a-z0-9._-]{0,38}$/i.test(word)) {
    return { kind: 'assignee', assignee: name.toLowerCase() }
  }
  const points = /^(\d{1,5}(?:\.\d{1,2})?)p(?:ts?)?$/i.exec(word)?.[1]
  if (points === undefined || Number(points) > POINTS_MAX) return null
  return { kind: 'points', points: Number(points) }
}

const cut = (title: string): string =>
  title.length <= TITLE_LETTERS_MAX ? title : `${cutText(title, TITLE_LETTERS_MAX - 1)}…`
