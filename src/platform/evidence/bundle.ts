import { refuse } from '../../kernel/refusal.ts'
import { genesisOf, type KeptPart } from '../ledger/check.ts'
import { anchorOf, readHead } from '../ledger/ledger.ts'
import type { Sql } from '../sql.ts'
import { keysUsed, newestCheckpoint, notesBetween } from './checkpoint-store.ts'
import { restoresOf } from './epochs.ts'
import type { BundleLine } from './bundle-lines.ts'

const PAGE_ROWS = 500
const NOTES_BEYOND_MAX = 1_000

/** What part of a ledger is taken out, and whether its erasable parts come along. */
export type ExportRange = Readonly<{ from: number; to: number | null; private: boolean }>

/** A row of the ledger with its seal and the parts that are not erased. */
export type ExportedRow = Readonly<{
  id: string
  name: string
  subject: string
  subjectVersion: number
  actor: string | null
  happenedAt: number
  data: Readonly<Record<string, unknown>>
  digest: Buffer
  hash: Buffer
  pos: number
  at: number
  parts: readonly KeptPart[] | null
}>

/** Reads the rows of a ledger with their seals, a page at a time. */
export async function* sealedRows(
  sql: Sql,
  orgId: string,
  { after, upTo }: Readonly<{ after: number; upTo: number }>,
): AsyncGenerator<readonly ExportedRow[]> {
  for (let pos = after; pos < upTo; ) {
    const rows = await sql<ExportedRow>`
      select l.id, l.name, l.subject, l.subject_version as "subjectVersion", l.actor,
             l.happened_at as "happenedAt", l.data, l.digest, l.hash, l.pos, l.at,
             (select jsonb_agg(jsonb_build_object(
                       'part', p.part, 'salt', encode(p.salt, 'hex'), 'body', p.body))
                from platform.event_private p
               where p.org_id = l.org_id and p.event_id = l.id and p.at = l.happened_at) as parts
        from platform.ledger l
       where l.org_id = ${orgId} and l.pos > ${pos} and l.pos <= ${upTo}
       order by l.pos limit ${PAGE_ROWS}`
    const last = rows.at(-1)
    if (!last) return
    yield rows
    pos = last.pos
  }
}

/**
 * Writes a part of a ledger so that it verifies anywhere: from a signed checkpoint before it to the
 * first one behind it. The ground must be one snapshot.
 */
export async function* bundleLines(
  sql: Sql,
  orgId: string,
  range: ExportRange,
): AsyncGenerator<string> {
  const head = await readHead(sql, orgId)
  const end = await endOf(sql, orgId, { to: range.to, head: head?.pos ?? 0 })
  const start = await startOf(sql, orgId, Math.max(0, Math.min(range.from, end + 1) - 1))
  const restores = await restoresOf(sql, orgId)
  const keys = await keysUsed(sql, orgId)
  yield lineOf({
    k: 'header',
    v: 1,
    org: orgId,
    from: start.pos + 1,
    to: end,
    private: range.private,
    start: { pos: start.pos, hash: hex(start.hash), frontier: hex(start.frontier) },
    note: start.note,
    keys: keys.map((key) => hex(key)),
    epochs: restores
      .filter(({ waits }) => !waits)
      .map(({ epoch, keptTo, lostTo }) => ({ epoch, keptTo, lostTo })),
  })
  let pos = start.pos
  let hash: Uint8Array = start.hash
  for await (const rows of sealedRows(sql, orgId, { after: start.pos, upTo: end })) {
    const upTo = rows.at(-1)?.pos ?? pos
    const notes = await notesBetween(sql, orgId, { after: pos, upTo })
    const bySize = Map.groupBy(notes, ({ size }) => size)
    for (const row of rows) {
      yield rowLine(row)
      if (range.private) for (const part of row.parts ?? []) yield privateLine(row.pos, part)
      for (const { size, note } of bySize.get(row.pos) ?? [])
        yield lineOf({ k: 'note', size, note })
      hash = row.hash
    }
    pos = upTo
  }
  if (end >= (head?.pos ?? 0)) {
    // Notes over more than there is: of what a restore took away, or of what was removed.
    const after = Math.max(pos, end)
    const beyond = await notesBetween(sql, orgId, {
      after,
      upTo: Number.MAX_SAFE_INTEGER,
      limit: NOTES_BEYOND_MAX,
    })
    for (const { size, note } of beyond) yield lineOf({ k: 'note', size, note })
  }
  yield lineOf({ k: 'end', to: end, hash: hex(await endHash(sql, orgId, { pos, end, hash })) })
}

const lineOf = (line: BundleLine): string => `${JSON.stringify(line)}\n`

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const rowLine = (row: ExportedRow): string => {
  const { id, name, subject, subjectVersion, actor, happenedAt, data, pos, at } = row
  const seal = { digest: hex(row.digest), hash: hex(row.hash), pos, at }
  return lineOf({ k: 'row', id, name, subject, subjectVersion, actor, happenedAt, data, ...seal })
}

const privateLine = (pos: number, part: KeptPart): string => lineOf({ k: 'private', pos, ...part })

/** The head's hash where the bundle reaches the head: a cut-off end then shows. */
const endHash = async (
  sql: Sql,
  orgId: string,
  { pos, end, hash }: Readonly<{ pos: number; end: number; hash: Uint8Array }>,
): Promise<Uint8Array> => {
  const head = await sql.maybe<{ pos: number; hash: Buffer }>`
    select pos, hash from platform.ledger_head where org_id = ${orgId}`
  return head?.pos === end && pos <= end ? head.hash : hash
}

/** Finds where a bundle ends: behind what was asked for at the first checkpoint, or at the head. */
const endOf = async (
  sql: Sql,
  orgId: string,
  { to, head }: Readonly<{ to: number | null; head: number }>,
): Promise<number> => {
  if (to === null || to >= head) return head
  const [note] = await notesBetween(sql, orgId, { after: to - 1, upTo: head, limit: 1 })
  return note?.size ?? to
}

/** Finds what a bundle starts from: the newest checkpoint before it, an anchor, or the genesis. */
const startOf = async (sql: Sql, orgId: string, before: number) => {
  const anchor = await anchorOf(sql, orgId)
  const checkpoint = await newestCheckpoint(sql, orgId, Math.max(before, anchor.pos))
  if (checkpoint && checkpoint.size > anchor.pos) {
    const { size: pos, frontier, note } = checkpoint
    const row = await sql.maybe<{ hash: Buffer }>`
      select hash from platform.ledger where org_id = ${orgId} and pos = ${pos}`
    if (row) return { pos, hash: row.hash, frontier, note }
  }
  if (anchor.pos === 0) {
    return { pos: 0, hash: genesisOf(orgId), frontier: Buffer.alloc(0), note: null }
  }
  const note = checkpoint?.size === anchor.pos ? checkpoint.note : null
  return { ...anchor, note }
}

/** Refuses a range that the ledger no longer reaches back to. */
export const refuseDropped = async (sql: Sql, orgId: string, from: number): Promise<void> => {
  const anchor = await anchorOf(sql, orgId)
  if (from > anchor.pos || from <= 1) return
  const message = `The ledger begins at ${anchor.pos + 1} here; older months lie in files.`
  throw refuse('conflict', 'platform.ledger_dropped', message, { begins: anchor.pos + 1 })
}
