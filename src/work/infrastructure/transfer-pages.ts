import { z } from 'zod'
import { at, json } from '../../platform/sql.ts'

/** A person, agent or service in a line: a handle without the `@`. */
export const HandleLine = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,38}$/)

/** Rows of one page of an export: a page is in memory, with its bodies. */
export const PAGE_ROWS = 500

/** Reads on after the last row of a page, until a page is not full. */
export async function* paged<Row>(
  page: (after: Row | null) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  let after: Row | null = null
  for (;;) {
    const rows: readonly Row[] = await page(after)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE_ROWS) return
    after = last
  }
}

/** Writes the named milliseconds of a row as moments. */
export const moments = (
  row: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Record<string, unknown> => ({
  ...row,
  ...Object.fromEntries(
    fields.map((field) => {
      const ms = row[field]
      return [field, typeof ms === 'number' ? at(ms) : null]
    }),
  ),
})

/** Cuts rows into pieces that one statement carries as JSON. */
export function* jsonPieces(rows: readonly unknown[]): Generator<ReturnType<typeof json>> {
  for (let from = 0; from < rows.length; from += PAGE_ROWS) {
    yield json(rows.slice(from, from + PAGE_ROWS))
  }
}
