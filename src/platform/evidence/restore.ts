import { type Refusal, refuse } from '../../kernel/refusal.ts'
import type { Database } from '../database.ts'
import { readHead } from '../ledger/ledger.ts'
import { at, type Sql } from '../sql.ts'
import { hashesOf, treeBefore } from './checkpoint-store.ts'
import { epochOf, pendingRestore, restoresOf } from './epochs.ts'
import { readNote, readOrigin } from '../ledger/note.ts'
import type { NotesFolder, OutsideNote } from './notes-file.ts'
import { growingTree } from '../ledger/tree.ts'

/** The one change that a closed organisation takes. */
const ACCEPTING = 'identity.accept_restore'

type GuardOptions = Readonly<{
  database: Database
  folder: NotesFolder
  hubId: string
  now: () => number
  /** Gives the name of an organisation that people know. */
  nameOf: (orgId: string) => Promise<string>
  /** Erases again what was erased after the backup was taken, before anybody reads it. */
  replay: (orgId: string) => Promise<unknown>
}>

/** Watches that no ledger goes on behind what was signed, unless somebody accepts it. */
export type RestoreGuard = Readonly<{
  /** Compares every ledger with its newest note outside; before the sequencer seals anything. */
  check(): Promise<void>
  closed(orgId: string): boolean
  /** Gives the refusal of an operation's writes; `null` where the organisation is open. */
  refusalOf(orgId: string, operation: string): Refusal | null
  /** Hears what was committed: an accepted restore opens the organisation again. */
  heard(orgId: string, names: readonly string[]): Promise<void>
}>

/** Makes the guard; every organisation is open until `check` has found otherwise. */
export const restoreGuard = (options: GuardOptions): RestoreGuard => {
  const { database, folder, nameOf } = options
  const closed = new Map<string, string>()

  const checkOne = async (orgId: string): Promise<void> => {
    const newest = await folder.newest(orgId)
    const outside = newest && isOurs(newest, orgId, options.hubId) ? newest : null
    const found = outside === null ? null : await differenceOf(options, orgId, outside)
    if (found === null) {
      await database.system((sql) => forgetPending(sql, orgId))
      closed.delete(orgId)
      return
    }
    await database.system((sql) => keepPending(sql, orgId, { ...found, now: options.now() }))
    closed.set(orgId, sentenceOf(await nameOf(orgId), found))
  }

  return {
    async check() {
      for (const orgId of await folder.organisations()) await checkOne(orgId)
    },
    closed: (orgId) => closed.has(orgId),
    refusalOf(orgId, operation) {
      const sentence = closed.get(orgId)
      if (sentence === undefined || operation === ACCEPTING) return null
      return refuse('unavailable', 'platform.ledger_behind', sentence, { retryAfterS: 60 })
    },
    async heard(orgId, names) {
      if (!closed.has(orgId) || !names.includes('platform.ledger_restored')) return
      // Erasures first: what people had erased must not be readable for a moment.
      await options.replay(orgId)
      closed.delete(orgId)
    },
  }
}

const isOurs = ({ note }: OutsideNote, orgId: string, hubId: string): boolean => {
  const origin = readOrigin(readNote(note)?.origin ?? '')
  return origin?.orgId === orgId && origin.hubId === hubId
}

type Difference = Readonly<{
  epoch: number
  head: number
  keptTo: number
  signed: number
  lostTo: number
  lostHash: Buffer
}>

/** Finds where a ledger parts from what was signed; `null` where it does not. */
const differenceOf = async (
  { database, folder }: GuardOptions,
  orgId: string,
  newest: OutsideNote,
): Promise<Difference | null> => {
  return database.system(async (sql) => {
    const head = (await readHead(sql, orgId))?.pos ?? 0
    const epoch = await epochOf(sql, orgId)
    const restores = await restoresOf(sql, orgId)
    const isLost = (note: OutsideNote) =>
      restores.some((one) => one.epoch > note.epoch && one.keptTo < note.size)
    const holds = async (note: OutsideNote): Promise<boolean> =>
      note.epoch <= epoch &&
      note.size <= head &&
      (isLost(note) || (await isRootOf(sql, orgId, note)))
    if (await holds(newest)) return null
    const living = (await folder.all(orgId)).filter((note) => !isLost(note))
    const keptTo = await keptBy(living, head, holds)
    return {
      epoch: Math.max(epoch, newest.epoch) + 1,
      head,
      keptTo,
      signed: newest.size,
      lostTo: Math.max(newest.size, keptTo, ...living.map(({ size }) => size)),
      lostHash: readNote(newest.note)?.root ?? Buffer.alloc(0),
    }
  })
}

/** Finds how far a ledger agrees: to its end, unless a note that it should hold says otherwise. */
const keptBy = async (
  notes: readonly OutsideNote[],
  head: number,
  holds: (note: OutsideNote) => Promise<boolean>,
): Promise<number> => {
  let differs = false
  const within = notes.filter(({ size }) => size <= head).toSorted((a, b) => b.size - a.size)
  for (const note of within) {
    if (await holds(note)) return differs ? note.size : head
    differs = true
  }
  return differs ? 0 : head
}

const isRootOf = async (sql: Sql, orgId: string, { size, note }: OutsideNote) => {
  const root = readNote(note)?.root
  if (root === undefined) return false
  // From the checkpoint before it: the database's own copy of this one may be as false as the rows.
  const base = await treeBefore(sql, orgId, size - 1)
  if (base.size > size) return true // Dropped with its month: only the anchor speaks of it now.
  const tree = growingTree(base)
  for await (const hash of hashesOf(sql, orgId, { after: base.size, upTo: size })) tree.add(hash)
  return tree.size() === size && tree.root().equals(root)
}

const sentenceOf = (name: string, { head, signed }: Difference): string => {
  const what =
    signed > head
      ? `Ledger ${name} ends at ${head}; ${signed} was signed.`
      : `Ledger ${name} differs from what was signed at ${signed}.`
  const how = 'Restored on purpose? Run `guildhall ledger accept-restore`.'
  return `${what} ${how} Else records were removed.`
}

/** Remembers what was found; what was kept at the first look counts, before more was sealed. */
const keepPending = (sql: Sql, orgId: string, found: Difference & Readonly<{ now: number }>) => sql`
  insert into platform.ledger_epoch (org_id, epoch, kept_to, lost_to, lost_hash, found_at)
  values (${orgId}, ${found.epoch}, ${found.keptTo}, ${found.lostTo}, ${found.lostHash},
          ${at(found.now)})
  on conflict (org_id, epoch) do update
    set lost_to = greatest(platform.ledger_epoch.lost_to, excluded.lost_to),
        lost_hash = excluded.lost_hash
  where platform.ledger_epoch.accepted_at is null`

const forgetPending = async (sql: Sql, orgId: string): Promise<void> => {
  if (!(await pendingRestore(sql, orgId))) return
  await sql`
    delete from platform.ledger_epoch where org_id = ${orgId} and accepted_at is null`
}
