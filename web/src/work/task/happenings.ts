import type { Happening } from '../../live/details.ts'

type Data = Happening['data']

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const OUTCOMES: Readonly<Record<string, string>> = {
  done: 'finished it',
  review: 'sent it to review',
  blocked: 'ended blocked',
  released: 'handed it back',
  failed: 'failed',
  expired: 'lost it: the lease ran out',
  forced: 'was taken off it',
  canceled: 'ended with its cancelation',
  asked: 'asked a person',
}

/** Says in a few words what happened to a task; the name of who did it goes before. */
export const saidOf = ({ name, data }: Happening): string => {
  switch (name) {
    case 'work.task_created':
      return 'created it'
    case 'work.task_imported':
      return `imported it from ${text(data['source'])}`
    case 'work.task_changed':
      return changedAs(data)
    case 'work.task_moved':
      return data['from'] === data['to']
        ? `moved it within ${text(data['to'])}`
        : `moved it from ${text(data['from'])} to ${text(data['to'])}`
    case 'work.task_claimed':
      return `claimed it (attempt ${Number(data['attempt'])})`
    case 'work.task_noted':
      return notedAs(data)
    case 'work.task_ended':
      return endedAs(data)
    case 'work.task_taken_over':
      return text(data['before']) === ''
        ? 'took it over'
        : `took it over from @${text(data['before'])}`
    case 'work.task_handed_back':
      return text(data['delegate']) === ''
        ? 'gave it back to the queue'
        : `gave it back for @${text(data['delegate'])}`
    case 'work.task_parked':
      return `asked ${text(data['question']) || 'a person'} and parked it`
    default:
      return name.replace(/^work\.(task_)?/, '').replaceAll('_', ' ')
  }
}

const endedAs = (data: Data): string => {
  const said = OUTCOMES[text(data['outcome'])] ?? `ended it: ${text(data['outcome'])}`
  const frees = textsIn(data['frees'])
  return frees.length === 0 ? said : `${said}, which frees ${listed(frees)}`
}

const notedAs = (data: Data): string => {
  if (data['what'] === 'progress') return `is at ${Number(data['progress'])}%`
  if (data['what'] === 'comment') return 'commented'
  if (data['what'] === 'stop') return 'asked the holder to stop'
  return 'left a note'
}

type Values = Readonly<Record<string, unknown>>

const changedAs = ({ changed, set, was }: Data): string => {
  const [now, old] = [valuesIn(set), valuesIn(was)]
  const said = textsIn(changed).map((field) => SENTENCES[field]?.(now, old) ?? plain(field))
  return said.length === 0 ? 'changed it' : listed([...new Set(said)])
}

const plain = (field: string): string => `changed ${field.replaceAll('_', ' ')}`

const SENTENCES: Readonly<Record<string, (now: Values, old: Values) => string>> = {
  title: () => 'renamed it',
  body: () => 'wrote the description anew',
  accept: () => 'changed the acceptance list',
  depends_on: () => 'changed its dependencies',
  type: ({ type }) => `made it a ${text(type)}`,
  branch: ({ branch }) => `moved it to the branch ${text(branch)}`,
  priority: ({ priority }) =>
    priority === 'none' ? 'took the priority away' : `set the priority to ${text(priority)}`,
  points: ({ points }) =>
    typeof points === 'number' ? `estimated it at ${points}` : 'took the estimate away',
  assignee: ({ assignee }) =>
    text(assignee) === '' ? 'took the assignee away' : `assigned it to @${text(assignee)}`,
  delegate: ({ delegate }) =>
    text(delegate) === '' ? 'opened it to everybody' : `meant it for @${text(delegate)}`,
  sprint: ({ sprint }, old) =>
    typeof sprint === 'number'
      ? `put it into sprint ${sprint}`
      : typeof old['sprint'] === 'number'
        ? `took it out of sprint ${old['sprint']}`
        : 'took it out of the sprint',
  parent: ({ parent }, old) =>
    text(parent) !== ''
      ? `made it part of ${text(parent)}`
      : `took it out of ${text(old['parent']) || 'its parent'}`,
  blocked: ({ blocked }) => (blocked === true ? 'flagged it' : 'took the flag away'),
  archived: ({ archived }) => (archived === true ? 'archived it' : 'brought it back'),
  labels: ({ labels }, old) => wordsChanged('label', labels, old['labels']),
  skills: ({ skills }, old) => wordsChanged('skill', skills, old['skills']),
  due: ({ due }) =>
    dayOf(due) === null ? 'took the due date away' : `set it due on ${dayOf(due)}`,
  hold_until: ({ holdUntil }) =>
    dayOf(holdUntil) === null ? 'ended its pause' : `put it off until ${dayOf(holdUntil)}`,
}

const dayOf = (value: unknown): string | null => {
  if (typeof value !== 'number' && typeof value !== 'string') return null
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, 10)
}

const wordsChanged = (what: string, now: unknown, old: unknown): string => {
  const [after, before] = [textsIn(now), textsIn(old)]
  const added = after.filter((word) => !before.includes(word))
  const gone = before.filter((word) => !after.includes(word))
  const named = (words: readonly string[]): string =>
    `the ${what}${words.length === 1 ? '' : 's'} ${listed(words)}`
  const said = [
    ...(added.length > 0 ? [`added ${named(added)}`] : []),
    ...(gone.length > 0 ? [`took off ${named(gone)}`] : []),
  ]
  return said.length === 0 ? `changed the ${what}s` : listed(said)
}

const valuesIn = (value: unknown): Values =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
