import type { Ground } from '../../platform/room.ts'
import { at, json } from '../../platform/sql.ts'
import { eraseEventTexts } from '../../platform/subject/erase-texts.ts'
import {
  type ErasedCounts,
  type Erasing,
  ERASED_TEXT,
  SUBJECT_ROWS,
  type SubjectData,
  subjectPages,
} from '../../platform/subject.ts'
import { withdrawnEvent } from '../application/approval-events.ts'
import { approvalStore } from './approval-store.ts'

/**
 * What this room keeps of persons: what they asked for, what was asked in their name, and how they
 * decided. Texts are content and stay unless they are asked for; ids stay, because who approved
 * what is what the record is for.
 */
export const agentsSubject: SubjectData = {
  export: (ground, principalId) => approvalLines(ground, principalId),
  async erase(ground, principalId, erasing) {
    return erasing.content ? eraseApprovals(ground, principalId, erasing) : {}
  },
}

type Line = Readonly<{ id: string; row: Readonly<Record<string, unknown>> }>

async function* approvalLines({ sql, orgId }: Ground, principalId: string) {
  const page = (after: Line | null) => sql<Line>`
    select id, jsonb_build_object('approval', 'AP-' || number, 'kind', kind, 'state', state)
           || case when requester = ${principalId} or on_behalf_of = ${principalId}
                then jsonb_build_object('text', shown ->> 'text', 'arguments', shown ->> 'args',
                       'askedAt', asked_at, 'usedAt', used_at)
                else '{}' end
           || case when ${principalId} = any(decided_by)
                then jsonb_build_object('decidedAt', decided_at)
                else '{}' end
           || case when decided_by[cardinality(decided_by)] = ${principalId}
                then jsonb_build_object('reason', reason)
                else '{}' end as row
      from agents.approval
     where org_id = ${orgId}
       and (requester = ${principalId} or on_behalf_of = ${principalId}
            or ${principalId} = any(decided_by))
       and (${after === null} or id > ${after?.id ?? null}::uuid)
     order by id limit ${SUBJECT_ROWS}`
  for await (const { row } of subjectPages(page)) yield { k: 'approval', ...row }
}

/** Empties what they asked for and why they decided; what is still open is withdrawn. */
const eraseApprovals = async (
  { sql, orgId }: Ground,
  principalId: string,
  { now, emit }: Erasing,
): Promise<ErasedCounts> => {
  const emptied = { text: ERASED_TEXT, args: JSON.stringify(ERASED_TEXT) }
  const asked = await sql<{ id: string; number: number; wasOpen: boolean }>`
    update agents.approval a
       set shown = ${json(emptied)}::jsonb,
           state = case when a.state = 'open' then 'withdrawn' else a.state end,
           decided_at = coalesce(a.decided_at, ${at(now)}), version = a.version + 1
      from agents.approval b
     where a.org_id = ${orgId} and a.requester = ${principalId} and b.org_id = a.org_id
       and b.id = a.id and a.shown <> ${json(emptied)}::jsonb
    returning a.id, a.number, b.state = 'open' as "wasOpen"`
  // Rooms ask in the name of whoever waits, so the event may be somebody else's.
  await eraseEventTexts({ sql, orgId }, { subjects: asked.map(({ id }) => id) })
  const approvals = approvalStore({ sql, orgId })
  for (const { number } of asked.filter(({ wasOpen }) => wasOpen)) {
    const withdrawn = await approvals.find({ number })
    if (withdrawn !== null) emit(withdrawnEvent(withdrawn))
  }
  const reasons = await sql`
    update agents.approval set reason = ${ERASED_TEXT}
     where org_id = ${orgId} and decided_by[cardinality(decided_by)] = ${principalId}
       and reason <> ${ERASED_TEXT}
    returning id`
  return { approvals: asked.length, reasons: reasons.length }
}
