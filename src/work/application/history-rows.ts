import {
  TaskChanged,
  TaskClaimed,
  TaskCreated,
  TaskEnded,
  TaskHandedBack,
  TaskImported,
  TaskMoved,
  TaskParked,
  TaskRemoved,
  TaskTakenOver,
} from '../events.ts'
import type { HistoryKind } from '../domain/history.ts'
import { partsOfKey } from '../domain/key.ts'
import type { HistoryRow } from './number-ports.ts'

/** An event as the history reads it, sealed or about to be. */
export type PastEvent = Readonly<{
  name: string
  subject: string
  subjectVersion: number
  actor: string | null
  happenedAt: number
  data: Readonly<Record<string, unknown>>
}>

/** The reader of the ledger that keeps the history, and the events that it wants. */
export const HISTORY_READER = {
  name: 'work.keep_history',
  events: [
    TaskCreated,
    TaskImported,
    TaskChanged,
    TaskMoved,
    TaskClaimed,
    TaskEnded,
    TaskTakenOver,
    TaskHandedBack,
    TaskParked,
    TaskRemoved,
  ].map(({ event }) => event),
} as const

type Fields = Readonly<Record<string, unknown>>
type Fact = Readonly<{ kind: HistoryKind; value: string | null; at: number }>

/** Tells that an event brings a task of an export, whose history may be in the same file. */
export const isBrought = ({ name, data }: PastEvent): boolean =>
  name === TaskImported.event && data['source'] === 'guildhall'

/** Tells that a task is gone, and its past with it. */
export const isRemoval = ({ name }: PastEvent): boolean => name === TaskRemoved.event

/** Turns an event into what it says of the past of its task; most say one thing or nothing. */
export const historyOf = (event: PastEvent): readonly HistoryRow[] => {
  const { subject, subjectVersion, actor, data } = event
  const { key, projectId, audit } = data
  if (typeof key !== 'string' || typeof projectId !== 'string') return []
  const { number } = partsOfKey(key)
  const by = isRecord(audit) && audit['kind'] === 'system' ? null : actor
  const about = { taskId: subject, projectId, number, version: subjectVersion, by }
  return factsOf(event).map((fact, step) => ({ ...about, ...fact, step }))
}

const factsOf = ({ name, data, happenedAt }: PastEvent): readonly Fact[] => {
  switch (name) {
    case TaskCreated.event:
      return madeOf(recordOf(data['card']), happenedAt)
    case TaskImported.event:
      return importedOf(recordOf(data['card']), recordOf(data['times']), happenedAt)
    case TaskChanged.event:
      return changedOf(recordOf(data['set']), happenedAt)
    case TaskMoved.event:
      // Dragged within its column.
      return data['from'] === data['to'] ? [] : [categoryFact(data, happenedAt)]
    case TaskRemoved.event:
      return []
    default:
      return [categoryFact(data, happenedAt)]
  }
}

const categoryFact = (fields: Fields, at: number): Fact => ({
  kind: 'category',
  value: textOf(fields['category']),
  at,
})

const FIELDS = ['estimate', 'parent', 'sprint', 'archived'] as const

/** Reads what of the fields is given. */
const changedOf = (set: Fields, at: number): readonly Fact[] =>
  FIELDS.filter((kind) => kind in set).map((kind) => ({ kind, value: valueOf(kind, set), at }))

/** Reads what a new task is: what is empty need not be told, and the category comes last. */
const madeOf = (card: Fields, at: number): readonly Fact[] => [
  ...changedOf(card, at).filter(({ value }) => value !== null),
  categoryFact(card, at),
]

/** Reads a task that came with times of its own; what ended before it was made ends with that. */
const importedOf = (card: Fields, times: Fields, now: number): readonly Fact[] => {
  const createdAt = timeOf(times['createdAt']) ?? now
  const startedAt = timeOf(times['startedAt'])
  const completedAt = timeOf(times['completedAt'])
  const category = textOf(card['category'])
  const isClosed = category === 'completed' || category === 'canceled'
  const endsAt = Math.max(createdAt, isClosed ? (completedAt ?? now) : now)
  const wasOpen = isClosed || (startedAt !== null && category === 'started')
  const fields = changedOf(card, createdAt).filter(({ value }) => value !== null)
  const turn = (value: string | null, at: number): Fact => ({ kind: 'category', value, at })
  const startsAt = startedAt === null ? null : clamp(startedAt, createdAt, endsAt)
  return [
    ...fields.filter(({ kind }) => kind !== 'archived'),
    turn(wasOpen ? 'unstarted' : category, createdAt),
    ...(startsAt === null ? [] : [turn('started', startsAt)]),
    ...(category === 'started' || (!isClosed && startsAt === null) ? [] : [turn(category, endsAt)]),
    ...fields.flatMap((fact) => (fact.kind === 'archived' ? [{ ...fact, at: endsAt }] : [])),
  ]
}

const clamp = (at: number, from: number, to: number): number => Math.min(Math.max(at, from), to)

const valueOf = (kind: (typeof FIELDS)[number], fields: Fields): string | null => {
  const value = fields[kind]
  if (kind === 'archived') return value === true ? 'yes' : null
  if (kind === 'parent') return typeof value === 'string' ? String(partsOfKey(value).number) : null
  return typeof value === 'number' ? String(value) : null
}

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const recordOf = (value: unknown): Fields => (isRecord(value) ? value : {})
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const timeOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
