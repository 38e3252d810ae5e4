import type { NamedSubject, SubjectGround } from '../subject.ts'
import { keepersOf } from '../subject.ts'
import { ledgerSubject } from './ledger-subject.ts'

/** What an export of a person is made of. */
export type SubjectExport = Readonly<{ principalId: string; subjects: readonly NamedSubject[] }>

/**
 * Writes everything that is kept of a person, room by room and line by line; the ground must be
 * one snapshot. Rooms that keep nothing say so in the first line.
 */
export async function* subjectLines(
  ground: SubjectGround,
  { principalId, subjects }: SubjectExport,
): AsyncGenerator<string> {
  const nothing = subjects.flatMap(({ room, subject }) =>
    'none' in subject ? [{ room, why: subject.none }] : [],
  )
  yield lineOf({ k: 'subject', v: 1, principalId, nothing })
  const keepers = [...keepersOf(subjects), { room: 'platform', data: ledgerSubject }]
  for (const { room, data } of keepers) {
    for await (const line of data.export(ground, principalId)) yield lineOf({ room, ...line })
  }
  yield lineOf({ k: 'end' })
}

const lineOf = (line: Readonly<Record<string, unknown>>): string => `${JSON.stringify(line)}\n`
