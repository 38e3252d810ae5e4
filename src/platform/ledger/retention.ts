import { createHash } from 'node:crypto'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { NewId, Random } from '../../kernel/id.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Database } from '../database.ts'
import { driverTypes } from '../driver-types.ts'
import { translated } from '../database-errors.ts'
import { SCHEMA_LOCK } from '../partitions.ts'
import { at, type Sql } from '../sql.ts'
import { bundleLines } from '../evidence/bundle.ts'
import { newestCheckpoint } from '../evidence/checkpoint-store.ts'
import type { Checkpoints } from '../evidence/checkpoints.ts'
import { LedgerDropped } from '../evidence/events.ts'
import { eventsOf } from '../evidence/signing-keys.ts'

const SEALED_MS = 30_000
const SEALED_LOOK_MS = 100

type RetentionOptions = Readonly<{
  database: Database
  /** The owner of the schema: only it can take a month out. */
  owner: pg.ClientConfig
  checkpoints: Pick<Checkpoints, 'signAll'>
  /** Where the files go that the months leave behind. */
  folder: string
  now: () => number
  newId: NewId
  random: Random
  /** Waits until everything committed is sealed: the event about a month is part of the ledger. */
  settled: () => Promise<void>
}>

type Month = Readonly<{ name: string; start: number; end: number }>

/**
 * Drops the months of the ledger that ended before a moment, oldest first; gives their names. Each
 * is written to a file for every organisation and sealed as dropped before anything is gone.
 */
export const dropOlderThan = async (
  options: RetentionOptions,
  before: number,
): Promise<readonly string[]> => {
  const dropped: string[] = []
  for (const month of await monthsBefore(options.database, Math.min(before, options.now()))) {
    await options.checkpoints.signAll()
    const orgs = await options.database.system((sql) => orgsIn(sql, month))
    for (const org of orgs) await putAway(options, month, org)
    await options.settled()
    await options.checkpoints.signAll()
    await dropMonth(options, month, orgs)
    dropped.push(month.name)
  }
  return dropped
}

type InMonth = Readonly<{ orgId: string; from: number; to: number }>

const monthsBefore = async (database: Database, before: number): Promise<readonly Month[]> => {
  const tables = await database.system(
    (sql) => sql<{ name: string }>`
      select right(c.relname, 6) as name
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'platform.ledger'::regclass and not i.inhdetachpending
       order by c.relname limit 10000`,
  )
  return tables.map(({ name }) => monthOf(name)).filter(({ end }) => end <= before)
}

const monthOf = (name: string): Month => {
  const [year, month] = [Number(name.slice(0, 4)), Number(name.slice(4))]
  return { name, start: Date.UTC(year, month - 1, 1), end: Date.UTC(year, month, 1) }
}

const orgsIn = (sql: Sql, { start, end }: Month) => sql<InMonth>`
  select org_id as "orgId", min(pos) as "from", max(pos) as "to" from platform.ledger
   where at >= ${at(start)} and at < ${at(end)} group by org_id order by org_id limit 1000000`

/** Writes one organisation's month to a file, then seals that it is dropped, with the anchor. */
const putAway = async (
  options: RetentionOptions,
  month: Month,
  { orgId, from, to }: InMonth,
): Promise<void> => {
  const { database } = options
  await refuseUnread(database, orgId, to)
  const checkpoint = await database.system((sql) => newestCheckpoint(sql, orgId, to))
  if (checkpoint?.size !== to) throw notSigned(month, to)
  const file = join(options.folder, orgId, `${month.name}.jsonl`)
  await mkdir(join(options.folder, orgId), { recursive: true, mode: 0o700 })
  const sha256 = await database.snapshot(orgId, (sql) =>
    writeFile(file, bundleLines(sql, orgId, { from, to, private: false })),
  )
  await database.write(orgId, async (sql) => {
    const made = await sql`
      insert into platform.ledger_anchor (org_id, pos, at, hash, frontier)
      select org_id, pos, at, hash, ${checkpoint.frontier}::bytea from platform.ledger
       where org_id = ${orgId} and pos = ${to}
      on conflict (org_id, pos) do nothing
      returning pos`
    // An earlier run may have come this far: then the event is there already.
    if (made.length === 0) return { value: null, tail: [] }
    const event = LedgerDropped({ orgId, from, to, month: month.name, sha256 })
    return { value: null, tail: eventsOf([event], orgId, options) }
  })
}

const refuseUnread = async (database: Database, orgId: string, to: number): Promise<void> => {
  const behind = await database.system(
    (sql) => sql<{ name: string }>`
      select name from platform.consumer where org_id = ${orgId} and pos < ${to} limit 1`,
  )
  if (behind.length === 0) return
  const message = `${behind[0]?.name} has not read to ${to} yet; drop the month when it has.`
  throw refuse('conflict', 'platform.ledger_unread', message)
}

const notSigned = ({ name }: Month, to: number) => {
  const message = `The month ${name} ends at ${to} and is not signed there; keep it.`
  return refuse('conflict', 'platform.month_not_signed', message)
}

/** Writes lines to a file that appears only when it is whole and on the disk; gives its hash. */
const writeFile = async (file: string, lines: AsyncIterable<string>): Promise<string> => {
  const hash = createHash('sha256')
  const handle = await open(`${file}.part`, 'w', 0o600)
  try {
    for await (const line of lines) {
      hash.update(line)
      await handle.appendFile(line)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.part`, file)
  return hash.digest('hex')
}

/** Takes a month out of the tables; only what every organisation has put away. */
const dropMonth = async (
  { owner, database }: RetentionOptions,
  month: Month,
  orgs: readonly InMonth[],
): Promise<void> => {
  const now = await database.system((sql) => orgsIn(sql, month))
  const known = new Map(orgs.map(({ orgId, to }) => [orgId, to]))
  const grown = now.some(({ orgId, to }) => known.get(orgId) !== to)
  if (grown)
    throw refuse('conflict', 'platform.month_changed', `${month.name} has changed; keep it.`)
  // What cannot be verified any more is not kept either: bodies beside rows that are gone.
  await database.system(
    (sql) => sql`
      delete from platform.event_private p using platform.ledger l
       where l.at >= ${at(month.start)} and l.at < ${at(month.end)}
         and p.org_id = l.org_id and p.event_id = l.id and p.at = l.happened_at`,
  )
  await asOwner(owner, async (run) => {
    const child = `platform.ledger_${month.name}`
    // A month on its own, so that readers and writers of the others never wait for it.
    await run(`alter table platform.ledger detach partition ${child} concurrently`)
    await run(`drop table ${child}`)
  })
}

const asOwner = async (
  owner: pg.ClientConfig,
  body: (run: (text: string) => Promise<unknown>) => Promise<void>,
): Promise<void> => {
  const client = new pg.Client({ ...owner, types: driverTypes })
  client.on('error', () => {}) // The statement under way reports the loss.
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [SCHEMA_LOCK])
    await body((text) => client.query(text))
  } catch (error) {
    throw translated(error)
  } finally {
    await client.end()
  }
}

/** Waits until everything that was committed is sealed, by whichever hub does it. */
export const allSealed = async (database: Database): Promise<void> => {
  for (const end = performance.now() + SEALED_MS; performance.now() < end; ) {
    const waiting = await database.system((sql) => sql`select 1 from platform.outbox limit 1`)
    if (waiting.length === 0) return
    await pause(SEALED_LOOK_MS)
  }
  throw refuse('unavailable', 'platform.not_sealed', 'Events wait to be sealed; try it later.')
}
