import type { Card } from '../../../../src/work/contract.ts'
import { saveFile } from '../../ui/download.ts'
import { csvOf } from '../../ui/table/csv.ts'

/** How a list of tasks is written into a file. */
export type FileKind = 'csv' | 'json'

const FIELDS = [
  ...(['key', 'title', 'type', 'column', 'category', 'priority', 'points'] as const),
  ...(['assignee', 'delegate', 'holder', 'labels', 'sprint', 'parent', 'branch'] as const),
  ...(['blocked', 'openBlockers', 'ready', 'progress', 'archived'] as const),
] as const

type Field = (typeof FIELDS)[number]
type Value = Card[Field]

const cellOf = (value: Value): string | number | null => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'object' && value !== null ? value.join(', ') : value
}

/** Writes tasks as a table: a line each, and in the first what stands below it. */
export const cardsCsv = (cards: readonly Card[]): string =>
  csvOf<Card>(
    FIELDS.map((name) => ({ name, value: (card) => cellOf(card[name]) })),
    cards,
  )

/** Writes tasks as a list of objects, in the words of the API. */
export const cardsJson = (cards: readonly Card[]): string => {
  const rows = cards.map((card) => Object.fromEntries(FIELDS.map((name) => [name, card[name]])))
  return `${JSON.stringify(rows, null, 2)}\n`
}

const WRITERS = {
  csv: { write: cardsCsv, type: 'text/csv' },
  json: { write: cardsJson, type: 'application/json' },
} as const

/** Gives tasks to the browser as a file to keep. */
export const saveCardFile = (name: string, kind: FileKind, cards: readonly Card[]): void => {
  const { write, type } = WRITERS[kind]
  saveFile(`${name}.${kind}`, new Blob([write(cards)], { type }))
}
