import { readHead } from '../ledger/ledger.ts'
import { maskFields, maskWhole } from '../mask.ts'
import type { Ground } from '../room.ts'
import { bundleLines, type ExportedRow, type ExportRange, sealedRows } from './bundle.ts'
import { cloudEventOf } from './ocsf.ts'

/** The forms in which a ledger leaves. */
export const EXPORT_FORMATS = ['bundle', 'jsonl', 'ocsf'] as const

/** A form in which a ledger leaves. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Writes a part of a ledger line by line; the ground must be one snapshot. */
export async function* ledgerLines(
  { sql, orgId }: Ground,
  { format, mask, ...range }: ExportRange & Readonly<{ format: ExportFormat; mask: boolean }>,
): AsyncGenerator<string> {
  if (format === 'bundle') {
    yield* bundleLines(sql, orgId, range)
    return
  }
  const head = await readHead(sql, orgId)
  const upTo = Math.min(range.to ?? Number.MAX_SAFE_INTEGER, head?.pos ?? 0)
  for await (const rows of sealedRows(sql, orgId, { after: range.from - 1, upTo })) {
    for (const row of rows) {
      const line = format === 'ocsf' ? cloudEventOf(orgId, row) : plainOf(row, { ...range, mask })
      yield `${JSON.stringify(mask ? maskFields(line) : line)}\n`
    }
  }
}

const plainOf = (
  { parts, digest, hash, happenedAt, at, ...row }: ExportedRow,
  { private: withParts, mask }: Readonly<{ private: boolean; mask: boolean }>,
) => ({
  ...row,
  happenedAt: new Date(happenedAt).toISOString(),
  at: new Date(at).toISOString(),
  digest: digest.toString('hex'),
  hash: hash.toString('hex'),
  ...(withParts && {
    private: Object.fromEntries(
      (parts ?? []).map(({ part, body }) => [
        part,
        mask && part === 'personal' ? maskWhole(body) : body,
      ]),
    ),
  }),
})
