import { at, type Sql } from '../sql.ts'

/** The epoch in which every ledger begins. */
export const FIRST_EPOCH = 1

/** A restore as it was found: what the ledger kept, and what had been signed behind it. */
export type Restore = Readonly<{ epoch: number; keptTo: number; lostTo: number; lostHash: Buffer }>

/** Gives the epoch of a ledger: it rises with each restore that somebody accepted. */
export const epochOf = async (sql: Sql, orgId: string): Promise<number> => {
  const { epoch } = await sql.one<{ epoch: number }>`
    select coalesce(max(epoch), ${FIRST_EPOCH})::int as epoch
      from platform.ledger_epoch where org_id = ${orgId} and accepted_at is not null`
  return epoch
}

/** Lists the accepted restores of a ledger; `waits` marks one whose event is not sealed yet. */
export const restoresOf = (sql: Sql, orgId: string) => sql<Restore & { waits: boolean }>`
  select e.epoch, e.kept_to as "keptTo", e.lost_to as "lostTo", e.lost_hash as "lostHash",
         exists (select 1 from platform.outbox o
                  where o.org_id = e.org_id and o.name = 'platform.ledger_restored'
                    and (o.data ->> 'epoch')::int = e.epoch) as waits
    from platform.ledger_epoch e
   where e.org_id = ${orgId} and e.accepted_at is not null order by e.epoch`

/** Finds the restore of a ledger that nobody has accepted yet. */
export const pendingRestore = (sql: Sql, orgId: string) => sql.maybe<Restore>`
  select epoch, kept_to as "keptTo", lost_to as "lostTo", lost_hash as "lostHash"
    from platform.ledger_epoch
   where org_id = ${orgId} and accepted_at is null order by epoch desc limit 1`

/** Begins the epoch of a restore; gives nothing where somebody else was faster. */
export const beginEpoch = (
  sql: Sql,
  orgId: string,
  { epoch, now }: { epoch: number; now: number },
) =>
  sql`update platform.ledger_epoch set accepted_at = ${at(now)}
       where org_id = ${orgId} and epoch = ${epoch} and accepted_at is null
      returning epoch`
