import { shorten } from '../../kernel/text.ts'
import type { Task } from '../contract.ts'

/** Characters of a body that the short form shows. */
const BODY_SHOWN_MAX = 600
/** Characters of a body that any answer shows: about 6,000 tokens. */
const BODY_MAX = 24_000
/** Links or subtasks that one line names. */
const LINKS_SHOWN_MAX = 30

/** What of a task is said. */
export type Detail = Readonly<{ full: boolean; subtasks: boolean; links: boolean }>

/** Says a task as `key: value` lines; what is empty is left out. */
export const sayTask = (task: Task, detail: Detail): string => {
  const lines: readonly (readonly [string, string | number | null | false])[] = [
    ['status', task.column],
    ['type', task.type],
    ['priority', task.priority !== 'none' && task.priority],
    ['points', task.points],
    ['assignee', task.assignee && `@${task.assignee}`],
    ['delegate', task.delegate && `@${task.delegate}`],
    ['held by', task.holder && `@${task.holder}`],
    ['branch', task.branch !== 'main' && task.branch],
    ['parent', task.parent],
    ['sprint', task.sprint],
    ['labels', task.labels.join(', ')],
    ['skills', task.skills.join(', ')],
    ['due', task.due],
    ['rests until', task.holdUntil],
    ['blocked', task.blocked],
    ['progress', task.progress > 0 && `${task.progress}%`],
    ['archived', task.archived && 'yes'],
    ['version', task.version],
    ['accept', detail.full && acceptOf(task)],
    ...(detail.links ? linksOf(task) : []),
    ['subtasks', detail.subtasks && keysOf(task.children)],
  ]
  const said = lines.flatMap(([name, value]) =>
    value === null || value === false || value === '' ? [] : [`${name}: ${value}`],
  )
  return [`${task.key} ${task.title}`, ...said, bodyOf(task, detail)].filter(Boolean).join('\n')
}

const bodyOf = ({ key, body }: Task, { full }: Detail): string => {
  const max = full ? BODY_MAX : BODY_SHOWN_MAX
  if (body.length <= max) return body
  const rest = full ? `${body.length - max} characters more` : `rest: task_get ${key} full`
  return `${shorten(body, max)}\n${rest}`
}

const acceptOf = ({ accept }: Task): string =>
  accept.map(({ text, done }, index) => `${index + 1}${done ? ' done:' : ''} ${text}`).join(' ')

const isOpen = (link: Readonly<{ category: string }>) =>
  link.category !== 'completed' && link.category !== 'canceled'

const keysOf = (links: readonly Readonly<{ key: string; category: string }>[]): string => {
  const shown = links.slice(0, LINKS_SHOWN_MAX)
  const more = links.length - shown.length
  const keys = shown.map((link) => (isOpen(link) ? link.key : `${link.key} done`))
  return [...keys, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

const linksOf = ({ links }: Task): readonly (readonly [string, string])[] => {
  const groups = new Map<string, Task['links'][number][]>()
  for (const link of links) {
    const name = link.kind === 'relates' ? 'relates' : NAMES[`${link.kind} ${link.direction}`]
    if (name === undefined) continue
    groups.set(name, [...(groups.get(name) ?? []), link])
  }
  return [...groups].map(([name, own]) => [name, keysOf(own)])
}

const NAMES: Readonly<Record<string, string>> = {
  'blocks out': 'waits for',
  'blocks in': 'waited for by',
  'duplicates out': 'duplicates',
  'duplicates in': 'duplicated by',
  'supersedes out': 'supersedes',
  'supersedes in': 'superseded by',
  'discovered_from out': 'discovered from',
  'discovered_from in': 'led to',
}
