import type { BadPosition } from '../ledger/check.ts'
import { verifyLedger, type Watch } from '../ledger/ledger.ts'
import type { Sql } from '../sql.ts'
import { keysUsed, newestCheckpoint, notesBetween } from './checkpoint-store.ts'
import { restoresOf } from './epochs.ts'
import { type Lost, type NoteCheck, noteCheck } from './notes-check.ts'
import type { OutsideNote } from './notes-file.ts'

/** What a hub believes besides its database. */
export type Trust = Readonly<{
  /** Public keys whose private halves this hub has opened itself. */
  keys: readonly Uint8Array[]
  /** Gives the notes of an organisation that were copied out of the database. */
  outside: (orgId: string) => Promise<readonly OutsideNote[]>
}>

/** What a verification of a ledger and its checkpoints found. */
export type EvidenceVerdict = Readonly<{
  ok: boolean
  from: number
  to: number
  /** The last position that a checked signature covers. */
  signedTo: number
  /** Events that are committed and not yet sealed. */
  unsealed: number
  /** Erasable parts that are gone; `null`: the source does not hold them. */
  erased: number | null
  /** Positions that restores have taken away. */
  lost: readonly Lost[]
  firstBad: BadPosition | null
}>

const ENDLESS = Number.MAX_SAFE_INTEGER

/**
 * Recomputes the ledger of an organisation and compares it with every note that was signed over
 * it: those in the database and, where the hub is asked, those outside. Without `trust` the keys
 * are believed that the database names, so that only careless tampering shows.
 */
export const verifyEvidence = async (
  sql: Sql,
  orgId: string,
  trust: Trust | null,
): Promise<EvidenceVerdict> => {
  const claims = (await restoresOf(sql, orgId)).map(({ waits, ...restore }) => ({
    ...restore,
    known: waits,
  }))
  const trusted = trust ? trust.keys : await keysUsed(sql, orgId)
  const outside = [...((await trust?.outside(orgId)) ?? [])].toSorted((a, b) => a.size - b.size)
  const source = notesOf(sql, orgId, outside)
  let check: NoteCheck | undefined
  const watch: Watch = {
    async begin(anchor) {
      const start = { size: anchor.pos, frontier: anchor.frontier }
      check = noteCheck({ orgId, start, claims, trusted })
      if (anchor.pos === 0) return null
      const note = await newestCheckpoint(sql, orgId, anchor.pos)
      // Where months were dropped, only a signature says that the rest begins where it should.
      if (note?.size !== anchor.pos) return { pos: anchor.pos + 1, why: 'bad_signature' }
      return check.notes(anchor.pos, [note.note, ...source.outsideAt(anchor.pos)])
    },
    page: (after, upTo) => source.load(after, upTo),
    row(row) {
      check?.row(row)
      const texts = source.at(row.pos)
      return texts.length > 0 ? (check?.notes(row.pos, texts) ?? null) : null
    },
    async end(pos) {
      await source.load(pos, ENDLESS)
      for (const [size, texts] of source.all()) {
        const fault = check?.notes(size, texts)
        if (fault) return fault
      }
      return check?.end() ?? null
    },
  }
  const verdict = await verifyLedger(sql, orgId, watch)
  const { count } = await sql.one<{ count: number }>`
    select count(*)::int as count from platform.outbox where org_id = ${orgId}`
  const { ok, from, to, erased, firstBad } = verdict
  const signedTo = check?.signedTo() ?? 0
  return { ok, from, to, signedTo, unsealed: count, erased, lost: check?.lost() ?? [], firstBad }
}

/** Gathers notes by size: the database's a page at a time, those from outside as they were read. */
const notesOf = (sql: Sql, orgId: string, outside: readonly OutsideNote[]) => {
  let page = new Map<number, string[]>()
  const outsideBySize = Map.groupBy(outside, ({ size }) => size)
  const outsideAt = (size: number) => (outsideBySize.get(size) ?? []).map(({ note }) => note)
  const add = (size: number, note: string) => {
    const known = page.get(size) ?? []
    // The copy outside is usually the same note: it is checked once.
    if (!known.includes(note)) page.set(size, [...known, note])
  }
  return {
    outsideAt,
    async load(after: number, upTo: number): Promise<void> {
      page = new Map()
      if (upTo <= after) return
      const kept = await notesBetween(sql, orgId, { after, upTo })
      for (const { size, note } of kept) add(size, note)
      for (const { size, note } of outside) if (size > after && size <= upTo) add(size, note)
    },
    at: (size: number): readonly string[] => page.get(size) ?? [],
    all: () => [...page].toSorted(([a], [b]) => a - b),
  }
}
