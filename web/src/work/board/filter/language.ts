import { nearest } from '../../../../../src/kernel/text.ts'
import { PRIORITIES, TYPES } from '../../words.ts'

// The language of the hub's search (`work.find_tasks`), read here so that a board filters while
// somebody types. Every filter means what it means there; words are looked for in titles, since
// cards carry no bodies. What the hub would refuse is told, and left out.

/** What a part of a filter is about. */
export type PartKind =
  | 'status'
  | 'label'
  | 'sprint'
  | 'branch'
  | 'type'
  | 'priority'
  | 'who'
  | 'key'
  | 'ready'
  | 'blocked'
  | 'mine'
  | 'text'
  | 'unfinished'
  | 'unknown'

/** One part of a filter as it stands in the text. */
export type Part = Readonly<{
  kind: PartKind
  text: string
  /** Where it begins and ends in the whole text. */
  from: number
  end: number
  values: readonly string[]
  /** Why it is left out. */
  problem: string | null
}>

/** The names of filters that take a value. */
export const FILTERS = ['status', 'label', 'sprint', 'branch', 'type', 'priority'] as const

/** The words that are filters by themselves. */
export const FLAGS = ['ready', 'blocked', 'mine'] as const

const PART = /[a-z]+:"[^"]*"|"[^"]*"|\S+/g
const VALUED = /^([a-z]+):(?:"([^"]*)"|(\S+))$/
const WHO = /^@[a-z0-9][a-z0-9._-]*$/
const KEY = /^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/
const SPRINT = /^(none|[1-9][0-9]{0,8})$/

type Bare = Pick<Part, 'kind' | 'values' | 'problem'>

/** Reads the text of a filter into its parts. */
export const partsOf = (q: string): readonly Part[] =>
  [...q.matchAll(PART)].map((match) => {
    const [text] = match
    return { ...readPart(text), text, from: match.index, end: match.index + text.length }
  })

const readPart = (text: string): Bare => {
  const [, name, quoted, plain] = VALUED.exec(text) ?? []
  if (name !== undefined) return readValued(name, quoted ?? plain ?? '')
  if (WHO.test(text)) return known('who', [text.slice(1)])
  if (KEY.test(text)) return known('key', [text])
  const flag = FLAGS.find((word) => word === text)
  if (flag !== undefined) return known(flag, [])
  const isBegun = text === '@' || FILTERS.some((filter) => `${filter}:` === text)
  return isBegun ? known('unfinished', []) : known('text', [text])
}

const known = (kind: PartKind, values: readonly string[]): Bare => ({ kind, values, problem: null })

const unknown = (problem: string): Bare => ({ kind: 'unknown', values: [], problem })

const readValued = (name: string, value: string): Bare => {
  const filter = FILTERS.find((one) => one === name)
  if (filter === undefined) return unknown(noFilter(name))
  // The closing quote is still to come.
  if (value.startsWith('"')) return known('unfinished', [])
  const list = value.split(',')
  switch (filter) {
    case 'label':
      return known(filter, [value.toLowerCase()])
    case 'branch':
      return known(filter, [value])
    case 'sprint':
      if (SPRINT.test(value)) return known(filter, [value])
      return unknown('sprint: takes the number of a sprint, or none.')
    case 'type':
      if (list.every((one) => TYPES.some((type) => type === one))) return known(filter, list)
      return unknown(`type: takes ${TYPES.join(', ')}.`)
    case 'priority': {
      const found = list.map(priorityOf)
      if (found.every((one) => one !== undefined)) return known(filter, found)
      return unknown(`priority: takes ${PRIORITIES.join(', ')}.`)
    }
    default:
      return known(filter, list)
  }
}

const priorityOf = (value: string): string | undefined =>
  PRIORITIES.find((priority) => priority === value || priority.slice(0, 1) === value)

const noFilter = (name: string): string => {
  const near = nearest(name, FILTERS)
  const hint = near ? `did you mean ${near}:?` : `there are ${FILTERS.join(': ')}: and @who.`
  return `There is no filter ${name}:; ${hint}`
}
