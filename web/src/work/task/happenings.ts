import type { Happening } from '../../live/details.ts'

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
      return `changed ${listOf(data['changed'])}`
    case 'work.task_moved':
      return data['from'] === data['to']
        ? `moved it within ${text(data['to'])}`
        : `moved it from ${text(data['from'])} to ${text(data['to'])}`
    case 'work.task_claimed':
      return `claimed it (attempt ${Number(data['attempt'])})`
    case 'work.task_noted':
      return notedAs(data)
    case 'work.task_ended':
      return OUTCOMES[text(data['outcome'])] ?? `ended it: ${text(data['outcome'])}`
    case 'work.task_taken_over':
      return 'took it over'
    case 'work.task_handed_back':
      return 'gave it back to the queue'
    case 'work.task_parked':
      return 'asked a person and parked it'
    default:
      return name.replace(/^work\.(task_)?/, '').replaceAll('_', ' ')
  }
}

const notedAs = (data: Happening['data']): string => {
  if (data['what'] === 'progress') return `is at ${Number(data['progress'])}%`
  if (data['what'] === 'comment') return 'commented'
  if (data['what'] === 'stop') return 'asked the holder to stop'
  return 'left a note'
}

const listOf = (value: unknown): string => {
  const names = Array.isArray(value) ? value.map(String) : []
  return names.length === 0 ? 'it' : names.join(', ').replaceAll('_', ' ')
}
