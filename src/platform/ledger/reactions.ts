import { systemActor } from '../../kernel/actor.ts'
import type { Happened } from '../../kernel/event.ts'
import { idMaker } from '../../kernel/id.ts'
import type { Call, Words } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { CommitUnknown, type Database } from '../database.ts'
import { retryOf } from '../database-errors.ts'
import { LEDGER_PAGE_MAX, type LedgerEvent, readHead, readLedger, readNamed } from './ledger.ts'
import type { Lease } from './lease.ts'
import { outboxInserts } from './outbox.ts'
import { CALL_MS } from '../pipeline/pipeline.ts'
import { withRetries } from '../pipeline/retry.ts'
import { systemRandom } from '../random.ts'
import type { Reaction, Room } from '../room.ts'
import { at, type Sql } from '../sql.ts'

/** Tries before a failing event is left to a person. */
export const TRIES_MAX = 12
const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 300_000

type Wired = Readonly<{ room: Room; reaction: Reaction; names: ReadonlySet<string> }>

type ReactionOptions = Readonly<{
  database: Database
  lease: Lease
  rooms: readonly Room[]
  now: () => number
  committed: (orgId: string, happened: readonly Happened[]) => void
  failed: (error: unknown) => void
  /** Tells whether nothing may be written in an organisation for now. */
  isClosed?: (orgId: string) => boolean
}>

/** The rooms' reactions: at least once, in the order of each subject, position kept with effect. */
export type Reactions = Readonly<{
  /** Runs the reactions to what has just been sealed, if any wants it at once. */
  react(sealed: Readonly<{ orgId: string; events: readonly LedgerEvent[] }>): Promise<void>
  /** Runs everything that is due in an organisation; calls for one organisation queue up. */
  run(orgId: string): Promise<void>
  /** Runs what is due anywhere: what was left at a start or a loss, and what is to be retried. */
  sweep(): Promise<void>
}>

/** Makes the runner of all reactions; it works only while this process holds the lease. */
export const reactionRunner = (options: ReactionOptions): Reactions => {
  const { database, lease, now, failed } = options
  const newId = idMaker(now, systemRandom)
  const wired: readonly Wired[] = options.rooms.flatMap((room) =>
    (room.reactions ?? []).map((reaction) => ({
      room,
      reaction,
      names: new Set(reaction.events.map((kind) => kind.event)),
    })),
  )
  const queues = new Map<string, Promise<void>>()

  const callFor = (orgId: string): Call => ({
    actor: systemActor(orgId),
    door: 'reaction',
    now: now(),
    newId,
    random: systemRandom,
    deadline: now() + CALL_MS,
    signal: new AbortController().signal,
    trace: Buffer.from(systemRandom(new Uint8Array(16))).toString('hex'),
    idempotencyKey: null,
  })

  /** Runs a reaction once: `take` moves its position, or finds that another has been here. */
  const effect = async (
    { room, reaction }: Wired,
    event: LedgerEvent,
    take: (sql: Sql) => Promise<readonly unknown[]>,
  ) => {
    const call = callFor(event.orgId)
    const happened: Happened[] = []
    const attempt = () =>
      database.write(event.orgId, async (sql) => {
        happened.length = 0
        const taken = await take(sql)
        if (taken.length === 0) return { value: null, tail: [] }
        const emit = (made: Happened) => happened.push(made)
        const own: Words = { call, emit, condition: null, visible: null, may: () => true }
        const words = { ...room.needs({ sql, orgId: event.orgId }), ...own }
        await reaction.run(event, words)
        return { value: null, tail: outboxInserts(happened, call, reaction.name) }
      })
    await withRetries(call, now, attempt)
    if (happened.length > 0) options.committed(event.orgId, happened)
  }

  const runWired = async (one: Wired, orgId: string) => {
    if (options.isClosed?.(orgId)) return
    const { names, reaction } = one
    const { name } = reaction
    await retryParked(one, orgId)
    const { pos, since, head } = await placeOf(database.read(orgId), orgId, name)
    const standAt = (upTo: Place) =>
      database.write(orgId, async (sql) => {
        await keepPosition(sql, orgId, { name, upTo })
        return { value: null, tail: [] }
      })
    if (pos < head.pos && (await isIdleIn(one, orgId))) {
      await standAt(head)
      return
    }
    // What is sealed from here on has a run of its own.
    for (let from = { pos, since }; from.pos < head.pos; ) {
      const asked = { ...from, upTo: head.pos, names: [...names] }
      const events = await readNamed(database.read(orgId), orgId, asked)
      for (const event of events.filter((one) => reaction.wants?.(one) ?? true)) {
        const done = (sql: Sql) => keepPosition(sql, orgId, { name, upTo: event })
        if (await behindParked(database.read(orgId), name, event)) await park(one, event, 'behind')
        else
          await effect(one, event, done).catch((error: unknown) => {
            // The database's own trouble says nothing about the event: the next run goes on here.
            if (isPassing(error)) throw error
            return park(one, event, messageOf(error))
          })
      }
      const upTo = events.length < LEDGER_PAGE_MAX ? head : (events.at(-1) ?? head)
      await standAt(upTo)
      from = { pos: upTo.pos, since: upTo.at }
    }
  }

  const isIdleIn = async ({ reaction }: Wired, orgId: string): Promise<boolean> =>
    (await reaction.idle?.({ sql: database.read(orgId), orgId })) ?? false

  const park = async ({ reaction: { name } }: Wired, event: LedgerEvent, error: string) => {
    failed(new Error(`The reaction ${name} to ${event.orgId}/${event.pos} failed: ${error}`))
    await database.write(event.orgId, async (sql) => {
      const taken = await keepPosition(sql, event.orgId, { name, upTo: event })
      if (taken.length === 0) return { value: null, tail: [] }
      await sql`
        insert into platform.parked (org_id, consumer, pos, subject, tries, error, next_at)
        values (${event.orgId}, ${name}, ${event.pos}, ${event.subject}, 1, ${error},
                ${at(now() + RETRY_FIRST_MS)})
        on conflict (org_id, consumer, pos) do nothing`
      return { value: null, tail: [] }
    })
  }

  const retryParked = async (one: Wired, orgId: string) => {
    const { name } = one.reaction
    // Only the first of a subject: behind one that waits for a person, the later ones wait too.
    const due = await database.read(orgId)<{ pos: number; tries: number }>`
      select pos, tries
        from (select distinct on (subject) pos, tries, next_at from platform.parked
               where org_id = ${orgId} and consumer = ${name}
               order by subject, pos) first
       where tries < ${TRIES_MAX} and next_at <= ${at(now())}
       order by pos`
    for (const { pos, tries } of due) {
      const sql = database.read(orgId)
      const [event] = await readLedger(sql, orgId, { pos: pos - 1, since: 0, limit: 1 })
      if (!event) continue
      const done = (tx: Sql) => tx`
        delete from platform.parked
         where org_id = ${orgId} and consumer = ${name} and pos = ${pos}
        returning pos`
      await effect(one, event, done).catch(async (error: unknown) => {
        if (isPassing(error)) throw error
        const rest = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** tries)
        await database.write(orgId, async (tx) => {
          await tx`
            update platform.parked set tries = tries + 1, error = ${messageOf(error)},
                   next_at = ${at(now() + rest)}
             where org_id = ${orgId} and consumer = ${name} and pos = ${pos}`
          return { value: null, tail: [] }
        })
      })
    }
  }

  const runAll = (orgId: string, all: readonly Wired[]): Promise<void> => {
    const before = queues.get(orgId) ?? Promise.resolve()
    const next = before.then(async () => {
      if (all.length === 0 || (await lease.hold()) === null) return
      for (const one of all) await runWired(one, orgId)
    })
    const settled = next.catch(failed)
    queues.set(orgId, settled)
    return settled
  }
  const run = (orgId: string) => runAll(orgId, wired)
  const names = wired.map(({ reaction }) => reaction.name)
  const hurried = wired.filter(({ reaction }) => !reaction.unhurried)
  return {
    run,
    react: async ({ orgId, events }) => {
      if (!events.some((event) => hurried.some((one) => isWanted(one, event)))) return
      await runAll(orgId, hurried)
    },
    async sweep() {
      if (wired.length === 0 || (await lease.hold()) === null) return
      const orgs = await database.system((sql) => orgsBehind(sql, names, now()))
      for (const { orgId } of orgs) await run(orgId)
    },
  }
}

/** Finds the organisations with events that a reaction has not seen, or has to try again. */
const orgsBehind = (sql: Sql, names: readonly string[], now: number) => sql<{ orgId: string }>`
  select h.org_id as "orgId"
    from platform.ledger_head h
    cross join unnest(${names}::text[]) as n (name)
    left join platform.consumer c on c.org_id = h.org_id and c.name = n.name
   where coalesce(c.pos, 0) < h.pos
  union
  select org_id from platform.parked
   where next_at <= ${at(now)} and tries < ${TRIES_MAX} and consumer = any(${names}::text[])`

const isWanted = ({ names, reaction }: Wired, event: LedgerEvent): boolean =>
  names.has(event.name) && (reaction.wants?.(event) ?? true)

const isPassing = (error: unknown): boolean =>
  error instanceof CommitUnknown ||
  (error instanceof Refusal && error.kind === 'unavailable') ||
  retryOf(error) !== 'no'

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : 'unknown').slice(0, 500)

type Place = Readonly<{ pos: number; at: number }>

/** Reads where a reaction stands, and where the ledger ends; a new one begins at the beginning. */
const placeOf = async (sql: Sql, orgId: string, name: string) => {
  const [head, known] = await Promise.all([
    readHead(sql, orgId),
    sql.maybe<{ pos: number; since: number }>`
      select pos, at as since from platform.consumer where org_id = ${orgId} and name = ${name}`,
  ])
  const { pos, since } = known ?? { pos: 0, since: 0 }
  return { pos, since, head: head ?? { pos: 0, at: 0 } }
}

const keepPosition = (
  sql: Sql,
  orgId: string,
  { name, upTo }: Readonly<{ name: string; upTo: Place }>,
) => sql`
  insert into platform.consumer (org_id, name, pos, at)
  values (${orgId}, ${name}, ${upTo.pos}, ${at(upTo.at)})
  on conflict (org_id, name) do update set pos = excluded.pos, at = excluded.at
   where platform.consumer.pos < excluded.pos
  returning pos`

const behindParked = async (sql: Sql, name: string, { orgId, subject }: LedgerEvent) => {
  const rows = await sql`select 1 from platform.parked
    where org_id = ${orgId} and consumer = ${name} and subject = ${subject} limit 1`
  return rows.length > 0
}
