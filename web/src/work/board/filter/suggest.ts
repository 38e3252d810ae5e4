import { PRIORITIES, TYPES } from '../../words.ts'
import { FILTERS, FLAGS } from './language.ts'

/** What a board has that filters can name. */
export type FilterFacts = Readonly<{
  columns: readonly string[]
  labels: readonly string[]
  handles: readonly string[]
  sprints: readonly number[]
  branches: readonly string[]
}>

/** One way to go on. */
export type Suggestion = Readonly<{ text: string; about: string }>

/** What may stand where somebody is writing, and the part of the text that gives way to it. */
export type Suggestions = Readonly<{ from: number; end: number; items: readonly Suggestion[] }>

const SHOWN_MAX = 8

const ABOUTS: Readonly<Record<string, string>> = {
  'status:': 'A column, open or closed',
  'label:': 'A label',
  'sprint:': 'The number of a sprint, or none',
  'branch:': 'A branch',
  'type:': 'Epic, story, task, bug or chore',
  'priority:': 'From urgent to none',
  '@': 'Whose task it is, or who holds it',
  ready: 'Can be started now',
  blocked: 'Waits for something',
  mine: 'Meant for you, or held by you',
}

/** Gives how the text at the caret may go on. */
export const suggest = (q: string, caret: number, facts: FilterFacts): Suggestions => {
  const { from, end } = partAt(q, caret)
  const part = q.slice(from, caret)
  return { from, end, items: itemsFor(part, facts).slice(0, SHOWN_MAX) }
}

/** Puts a suggestion into the text; gives the text and where writing goes on. */
export const complete = (
  q: string,
  { from, end }: Suggestions,
  { text }: Suggestion,
): Readonly<{ q: string; caret: number }> => {
  const isOpen = text.endsWith(':') || text === '@'
  const rest = q.slice(end).trimStart()
  const added = isOpen ? text : `${text} `
  return { q: `${q.slice(0, from)}${added}${rest}`, caret: from + added.length }
}

// A blank ends a part, except within quotes.
const partAt = (q: string, caret: number): Readonly<{ from: number; end: number }> => {
  let from = 0
  let isQuoted = false
  for (let at = 0; at < q.length; at++) {
    if (q[at] === '"') isQuoted = !isQuoted
    if (isQuoted || !/\s/.test(q[at] ?? '')) continue
    if (at >= caret) return { from, end: at }
    from = at + 1
  }
  return { from, end: q.length }
}

const itemsFor = (part: string, facts: FilterFacts): readonly Suggestion[] => {
  if (part.startsWith('@')) {
    return matching(facts.handles, part.slice(1)).map((handle) => ({
      text: `@${handle}`,
      about: '',
    }))
  }
  const [, name, begun = ''] = /^([a-z]+):"?([^"]*)$/.exec(part) ?? []
  if (name === undefined) return beginnings(part)
  const values = valuesOf(name, facts)
  return matching(values, begun)
    .filter((value) => `${name}:${value}` !== part)
    .map((value) => ({ text: `${name}:${quoted(value)}`, about: '' }))
}

const beginnings = (part: string): readonly Suggestion[] =>
  [...FILTERS.map((name) => `${name}:`), '@', ...FLAGS]
    .filter((text) => text.startsWith(part) && text !== part)
    .map((text) => ({ text, about: ABOUTS[text] ?? '' }))

const valuesOf = (name: string, facts: FilterFacts): readonly string[] => {
  switch (name) {
    case 'status':
      return [...facts.columns, 'open', 'closed']
    case 'label':
      return facts.labels
    case 'sprint':
      return [...facts.sprints.map(String), 'none']
    case 'branch':
      return facts.branches
    case 'type':
      return TYPES
    case 'priority':
      return PRIORITIES
    default:
      return []
  }
}

const quoted = (value: string): string => (/\s/.test(value) ? `"${value}"` : value)

// What begins like it comes before what only holds it.
const matching = (values: readonly string[], begun: string): readonly string[] => {
  const wanted = begun.toLowerCase()
  const held = values.filter((value) => value.toLowerCase().includes(wanted))
  const begins = held.filter((value) => value.toLowerCase().startsWith(wanted))
  return [...begins, ...held.filter((value) => !begins.includes(value))]
}
