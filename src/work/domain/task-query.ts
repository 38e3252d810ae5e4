import { refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import { PRIORITIES, priorityNumber, TASK_TYPES } from './words.ts'

/** What a search asks for: filters that all have to hold, words, and keys. */
export type TaskQuery = Readonly<{
  text: string
  keys: readonly string[]
  status: readonly string[]
  labels: readonly string[]
  who: readonly string[]
  sprint: number | 'none' | null
  branch: string | null
  types: readonly string[]
  priorities: readonly number[]
  ready: boolean
  blocked: boolean
  mine: boolean
}>

const FILTERS = ['status', 'label', 'sprint', 'branch', 'type', 'priority']
const KEY = /^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/
const FLAGS = new Set(['ready', 'blocked', 'mine'])

/** Reads a search: filters, `@who`, keys, the words ready, blocked, mine; the rest is text. */
export const readQuery = (q: string): TaskQuery => {
  const parts = q.match(/[a-z]+:"[^"]*"|"[^"]*"|\S+/g) ?? []
  const values = new Map<string, string[]>()
  const text: string[] = []
  const add = (name: string, value: string) =>
    values.set(name, [...(values.get(name) ?? []), value])
  for (const part of parts) {
    const [, name, quoted, plain] = /^([a-z]+):(?:"([^"]*)"|(\S+))$/.exec(part) ?? []
    if (name !== undefined) add(filterOf(name), quoted ?? plain ?? '')
    else if (/^@[a-z0-9][a-z0-9._-]*$/.test(part)) add('who', part.slice(1))
    else if (KEY.test(part)) add('key', part)
    else if (FLAGS.has(part)) add(part, '')
    else text.push(part)
  }
  const all = (name: string) => values.get(name) ?? []
  return {
    text: text.join(' '),
    keys: all('key'),
    status: all('status').flatMap((value) => value.split(',')),
    labels: all('label').map((label) => label.toLowerCase()),
    who: all('who'),
    sprint: sprintOf(all('sprint').at(-1)),
    branch: all('branch').at(-1) ?? null,
    types: all('type')
      .flatMap((value) => value.split(','))
      .map(typeOf),
    priorities: all('priority')
      .flatMap((value) => value.split(','))
      .map(priorityOf),
    ready: values.has('ready'),
    blocked: values.has('blocked'),
    mine: values.has('mine'),
  }
}

const notValid = (message: string) =>
  refuse('invalid', 'work.query_not_valid', message, { field: 'q' })

const filterOf = (name: string): string => {
  if (FILTERS.includes(name)) return name
  const near = nearest(name, FILTERS)
  const hint = near ? `did you mean ${near}:?` : `there are ${FILTERS.join(': ')}: and @who.`
  throw notValid(`There is no filter ${name}:; ${hint}`)
}

const sprintOf = (value: string | undefined): TaskQuery['sprint'] => {
  if (value === undefined) return null
  if (value === 'none') return 'none'
  if (/^[1-9][0-9]{0,8}$/.test(value)) return Number(value)
  throw notValid('sprint: takes the number of a sprint, or none.')
}

const typeOf = (value: string): string => {
  const found = TASK_TYPES.find((type) => type === value)
  if (found) return found
  throw notValid(`type: takes ${TASK_TYPES.join(', ')}.`)
}

const priorityOf = (value: string): number => {
  const found = PRIORITIES.find((priority) => priority === value || priority.slice(0, 1) === value)
  if (found) return priorityNumber(found)
  throw notValid(`priority: takes ${PRIORITIES.join(', ')}.`)
}
