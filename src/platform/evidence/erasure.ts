import { z } from 'zod'
import type { Database } from '../database.ts'
import { at, type Sql } from '../sql.ts'
import { appendLine, type NotesFolder, readLines } from './notes-file.ts'

/** What is erased of a principal: the parts about them, and what they wrote where that is asked. */
export type Erasure = Readonly<{ principalId: string; content: boolean; at: number }>

const ErasureLine = z.object({ principalId: z.uuid(), content: z.boolean(), at: z.number() })

/** The erasures of each organisation, as ids, outside of the database: backups know them not. */
export type ErasureJournal = Readonly<{
  add(orgId: string, erasure: Erasure): Promise<void>
  all(orgId: string): Promise<readonly Erasure[]>
}>

/** Opens the journal that lies beside the signed notes. */
export const erasureJournal = (folder: NotesFolder): ErasureJournal => ({
  add: async (orgId, erasure) => appendLine(await folder.file(orgId, 'erasures'), erasure),
  all: async (orgId) => readLines(await folder.file(orgId, 'erasures'), ErasureLine),
})

/**
 * Deletes body and salt of the erasable parts of a principal; gives how many there were. Personal
 * parts go where the event is about them, or is theirs and about nobody else; content goes where
 * they wrote it and that is asked for. The ledger still verifies and counts the parts as erased.
 */
export const erasePrivate = async (
  sql: Sql,
  orgId: string,
  { principalId, content, at: until }: Erasure,
): Promise<number> => {
  const gone = await sql`
    with told as (
      select id, happened_at, subject, data ->> 'principalId' as principal
        from platform.ledger
       where org_id = ${orgId} and happened_at <= ${at(until)}
         and (actor = ${principalId} or subject = ${principalId}
           or data ->> 'principalId' = ${principalId}::text)
      union all
      select id, happened_at, subject, data ->> 'principalId'
        from platform.outbox
       where org_id = ${orgId} and happened_at <= ${at(until)}
         and (actor = ${principalId} or subject = ${principalId}
           or data ->> 'principalId' = ${principalId}::text))
    delete from platform.event_private p
     using told t
     where p.org_id = ${orgId} and p.event_id = t.id and p.at = t.happened_at
       and ((p.part = 'personal'
             and (t.subject = ${principalId} or t.principal = ${principalId}::text
               or (p.owner_id = ${principalId} and t.principal is null)))
         or (${content} and p.part = 'content' and p.owner_id = ${principalId}))
    returning p.event_id`
  return gone.length
}

/**
 * Erases inside the caller's transaction. The journal is written first: an entry without its
 * erasure is made good by the next replay, an erasure without its entry would come back.
 */
export const eraseAndJournal = async (
  sql: Sql,
  orgId: string,
  { erasure, journal }: Readonly<{ erasure: Erasure; journal: ErasureJournal }>,
): Promise<number> => {
  await journal.add(orgId, erasure)
  return erasePrivate(sql, orgId, erasure)
}

/** Erases again everything that the journal of an organisation knows; gives how many parts. */
export const replayErasures = async (
  database: Database,
  journal: ErasureJournal,
  orgId: string,
): Promise<number> => {
  const erasures = await journal.all(orgId)
  return database.write(orgId, async (sql) => {
    let count = 0
    for (const erasure of erasures) count += await erasePrivate(sql, orgId, erasure)
    return { value: count, tail: [] }
  })
}
