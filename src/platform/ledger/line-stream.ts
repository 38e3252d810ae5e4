import type { Database } from '../database.ts'
import type { Sql } from '../sql.ts'

const BUFFERED_CHARACTERS = 1_000_000

/**
 * Streams lines out of one snapshot of an organisation, as fast as they are read: a slow reader
 * slows the database down, and one that goes away ends the transaction.
 */
export const snapshotLines = (
  database: Database,
  orgId: string,
  lines: (sql: Sql) => AsyncIterable<string>,
): AsyncIterable<string> => {
  const strategy = {
    highWaterMark: BUFFERED_CHARACTERS,
    size: (line?: string) => line?.length ?? 0,
  }
  const { readable, writable } = new TransformStream<string, string>({}, strategy, strategy)
  const writer = writable.getWriter()
  database
    .snapshot(orgId, async (sql) => {
      for await (const line of lines(sql)) {
        await writer.ready
        await writer.write(line)
      }
    })
    .then(() => writer.close())
    .catch((error: unknown) => writer.abort(error).catch(() => {}))
  return readable
}
