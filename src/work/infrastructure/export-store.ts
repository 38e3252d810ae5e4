import { canonical } from '../../kernel/canonical.ts'
import { maskFields } from '../../platform/mask.ts'
import type { Ground } from '../../platform/room.ts'
import {
  TRANSFER_KINDS,
  TRANSFER_VERSION,
  type TransferPart,
  type TransferRow,
  type TransferScope,
} from '../../platform/transfer.ts'
import type { People } from '../application/ports.ts'
import { boardParts } from './board-transfer.ts'
import { historyPart } from './history-transfer.ts'
import { attemptPart, commentPart, questionPart } from './note-transfer.ts'
import { dependencyPart, taskPart } from './task-transfer.ts'

/** Names that one question to the identity room asks for. */
const NAMES_PER_CALL = 5_000
/** Stands for somebody whom nobody knows any more. */
const NOBODY = 'unknown'

/** The lines that come from the tables of this room. */
export const workParts: readonly TransferPart[] = [
  ...boardParts,
  taskPart,
  dependencyPart,
  commentPart,
  attemptPart,
  questionPart,
  historyPart,
]

/** What an export is made of. */
export type ExportOptions = Readonly<{
  /** Every kind of line, from all rooms. */
  parts: readonly TransferPart[]
  people: Pick<People, 'handles'>
  scope: TransferScope
  /** Personal data in texts are masked: such a file is for reading, not for a move. */
  mask?: boolean
}>

/**
 * Gives an export line by line, each with its `\n`. The ground must be one snapshot, or lines may
 * name what an earlier one did not tell.
 */
export async function* exportLines(
  ground: Ground,
  { parts, people, scope, mask = false }: ExportOptions,
): AsyncGenerator<string> {
  yield lineOf('guildhall', {})
  const ids = new Set<string>()
  for (const part of parts) for (const id of await part.named(ground, scope)) ids.add(id)
  const handles = await handlesOf(people, [...ids])
  for (const handle of [...new Set(handles.values())].toSorted()) {
    yield lineOf('principal', { handle })
  }
  for (const kind of TRANSFER_KINDS) {
    for (const part of parts.filter((one) => one.kind === kind)) {
      for await (const row of part.rows(ground, scope)) {
        const shown = mask ? maskRow(row) : row
        yield lineOf(kind, named(shown, part.people, handles))
      }
    }
  }
}

/** Masks the texts of a row; ids look like none of what is masked. */
const maskRow = (row: TransferRow): TransferRow =>
  Object.fromEntries(Object.entries(row).map(([field, value]) => [field, maskFields(value)]))

const lineOf = (kind: string, row: TransferRow): string =>
  `${canonical({ ...row, k: kind, v: TRANSFER_VERSION })}\n`

const handlesOf = async (
  people: Pick<People, 'handles'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  for (let from = 0; from < ids.length; from += NAMES_PER_CALL) {
    const some = await people.handles(ids.slice(from, from + NAMES_PER_CALL))
    for (const [id, handle] of some) found.set(id, handle)
  }
  return found
}

const named = (
  row: TransferRow,
  fields: readonly string[],
  handles: ReadonlyMap<string, string>,
): TransferRow => {
  const nameOf = (id: unknown) => (typeof id === 'string' ? (handles.get(id) ?? NOBODY) : null)
  const people = fields.map((field): [string, unknown] => {
    const value: unknown = row[field]
    if (!Array.isArray(value)) return [field, nameOf(value)]
    const names = value.map((id: unknown) => nameOf(id) ?? NOBODY)
    return [field, names.toSorted((a, b) => (a < b ? -1 : 1))]
  })
  return { ...row, ...Object.fromEntries(people) }
}
