import type { SubjectGround } from '../subject.ts'

/** Texts of events that somebody else's name stands at: of some subjects, all or one text. */
export type TextsOf = Readonly<{ subjects: readonly string[]; text?: string }>

/**
 * Deletes content of events about some subjects, whoever wrote it down; gives how many parts there
 * were. For texts of a person that the hub or another person has repeated in their own event.
 */
export const eraseEventTexts = async (
  { sql, orgId }: SubjectGround,
  { subjects, text }: TextsOf,
): Promise<number> => {
  if (subjects.length === 0) return 0
  const gone = await sql`
    delete from platform.event_private p
     using (select id, happened_at from platform.ledger
             where org_id = ${orgId} and subject = any(${subjects}::uuid[])
             union all
            select id, happened_at from platform.outbox
             where org_id = ${orgId} and subject = any(${subjects}::uuid[])) e
     where p.org_id = ${orgId} and p.event_id = e.id and p.at = e.happened_at
       and p.part = 'content'
       and (${text === undefined} or p.body ->> 'text' = ${text ?? ''})
    returning p.event_id`
  return gone.length
}
