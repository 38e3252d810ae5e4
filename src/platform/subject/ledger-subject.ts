import { part } from '../sql.ts'
import {
  SUBJECT_ROWS,
  type SubjectData,
  type SubjectGround,
  type SubjectLine,
  subjectPages,
} from '../subject.ts'

type EventLine = Readonly<{
  pos: number
  id: string
  name: string
  subject: string
  actor: string | null
  happenedAt: number
  data: Readonly<Record<string, unknown>>
  private: Readonly<Record<string, unknown>> | null
}>

/**
 * The ledger as a keeper of persons: events by them and about them, with the erasable parts that
 * are theirs. The parts themselves are erased with the journal, see `eraseAndJournal`; here go the
 * answers that are kept for repeated keys, which say again what other tables no longer hold.
 */
export const ledgerSubject: SubjectData = {
  async *export(ground, principalId) {
    yield* eventLines(ground, principalId)
    yield* answerLines(ground, principalId)
  },
  async erase({ sql, orgId }, principalId, { names }) {
    const quoted = names.map((name) => JSON.stringify(name))
    const rows = await sql`
      update platform.idempotency
         set response = '{"output": null}'
       where org_id = ${orgId} and response is not null and response -> 'output' <> 'null'
         and (actor = ${principalId} or exists (
           select from unnest(${quoted}::text[]) as n (name)
            where strpos(lower(response::text), n.name) > 0))
      returning key`
    return { answers: rows.length }
  },
}

async function* eventLines(
  { sql, orgId }: SubjectGround,
  principalId: string,
): AsyncGenerator<SubjectLine> {
  const about = part`
    (l.subject = ${principalId} or l.data ->> 'principalId' = ${principalId}::text)`
  const page = (after: EventLine | null) => sql<EventLine>`
    select l.pos, l.id, l.name, l.subject, l.actor, l.happened_at as "happenedAt", l.data,
           (select jsonb_object_agg(p.part, p.body)
              from platform.event_private p
             where p.org_id = l.org_id and p.event_id = l.id and p.at = l.happened_at
               and (p.owner_id = ${principalId} or (p.part = 'personal' and ${about}))) as private
      from platform.ledger l
     where l.org_id = ${orgId} and l.pos > ${after?.pos ?? 0}
       and (l.actor = ${principalId} or ${about})
     order by l.pos limit ${SUBJECT_ROWS}`
  for await (const { happenedAt, ...row } of subjectPages(page)) {
    yield { k: 'event', ...row, happenedAt: new Date(happenedAt).toISOString() }
  }
}

type AnswerLine = Readonly<{ operation: string; key: string; createdAt: number }>

/** Tells which answers are kept, not what they say: those came from the tables told already. */
async function* answerLines(
  { sql, orgId }: SubjectGround,
  principalId: string,
): AsyncGenerator<SubjectLine> {
  const page = (after: AnswerLine | null) => sql<AnswerLine>`
    select operation, key, created_at as "createdAt"
      from platform.idempotency
     where org_id = ${orgId} and actor = ${principalId}
       and (${after === null} or (operation, key)
            > (${after?.operation ?? ''}, ${after?.key ?? ''}))
     order by operation, key limit ${SUBJECT_ROWS}`
  for await (const { createdAt, ...row } of subjectPages(page)) {
    yield { k: 'kept_answer', ...row, createdAt: new Date(createdAt).toISOString() }
  }
}
