import type { Ground } from '../../platform/room.ts'
import { part } from '../../platform/sql.ts'
import type { ErasedCounts, SubjectData, SubjectLine } from '../../platform/subject.ts'
import { SUBJECT_ROWS, subjectPages } from '../../platform/subject.ts'
import { eraseTexts } from './subject-texts.ts'
import { eraseNames } from './subject-names.ts'

/**
 * What this room keeps of persons: what they wrote and answered, what they hold and held. What
 * they wrote belongs to the work and stays, unless it is asked for; copies of their name that an
 * import brought go in any case.
 */
export const workSubject: SubjectData = {
  async *export(ground, principalId) {
    yield* taskLines(ground, principalId)
    yield* attemptLines(ground, principalId)
    yield* commentLines(ground, principalId)
    yield* questionLines(ground, principalId)
    yield* placeLines(ground, principalId)
    yield* viewLines(ground, principalId)
  },
  async erase(ground, principalId, erasing): Promise<ErasedCounts> {
    const names = await eraseNames(ground, erasing)
    const texts = erasing.content ? await eraseTexts(ground, principalId, erasing) : {}
    return { ...names, ...texts, views: await eraseViews(ground, principalId) }
  },
}

/** Views are of use to nobody but who kept them; shared ones go, too, with what they may name. */
const eraseViews = async ({ sql, orgId }: Ground, principalId: string): Promise<number> => {
  const views = await sql`
    delete from work.saved_view
     where org_id = ${orgId} and owner_id = ${principalId} returning id`
  return views.length
}

type Keyed = Readonly<{ id: string; row: Readonly<Record<string, unknown>> }>

const keyOf = part`p.key || '-' || t.number`

async function* lines(
  k: string,
  page: (after: Keyed | null) => Promise<readonly Keyed[]>,
): AsyncGenerator<SubjectLine> {
  for await (const { row } of subjectPages(page)) yield { k, ...row }
}

const taskLines = ({ sql, orgId }: Ground, id: string) =>
  lines(
    'task',
    (after) => sql<Keyed>`
      select t.id, jsonb_build_object('key', ${keyOf}, 'createdAt', t.created_at,
               'created', t.created_by = ${id}, 'assignee', t.assignee_id = ${id},
               'delegate', t.delegate_id = ${id}, 'held', l.holder_id is not null)
             || case when t.created_by = ${id}
                  then jsonb_build_object('title', t.title, 'body', t.body, 'accept', t.accept,
                         'blocked', t.blocked_reason, 'labels', t.labels)
                  else '{}' end as row
        from work.task t
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
        left join work.lease l
          on l.org_id = t.org_id and l.task_id = t.id and l.holder_id = ${id}
       where t.org_id = ${orgId} and (${after === null} or t.id > ${after?.id ?? null}::uuid)
         and (t.created_by = ${id} or t.assignee_id = ${id} or t.delegate_id = ${id}
              or l.holder_id is not null)
       order by t.id limit ${SUBJECT_ROWS}`,
  )

type Tried = Keyed & Readonly<{ number: number }>

async function* attemptLines({ sql, orgId }: Ground, id: string): AsyncGenerator<SubjectLine> {
  const page = (after: Tried | null) => sql<Tried>`
    select a.task_id as id, a.number,
           jsonb_build_object('task', ${keyOf}, 'number', a.number, 'startedAt', a.started_at,
             'endedAt', a.ended_at, 'outcome', a.outcome, 'summary', a.summary,
             'evidence', a.evidence, 'usage', a.usage) as row
      from work.attempt a
      join work.task t on t.org_id = a.org_id and t.id = a.task_id
      join work.project p on p.org_id = t.org_id and p.id = t.project_id
     where a.org_id = ${orgId} and a.holder_id = ${id}
       and (${after === null} or (a.task_id, a.number)
            > (${after?.id ?? null}::uuid, ${after?.number ?? 0}))
     order by a.task_id, a.number limit ${SUBJECT_ROWS}`
  for await (const { row } of subjectPages(page)) yield { k: 'attempt', ...row }
}

const commentLines = ({ sql, orgId }: Ground, id: string) =>
  lines(
    'comment',
    (after) => sql<Keyed>`
      select c.id, jsonb_build_object('task', ${keyOf}, 'body', c.body,
               'createdAt', c.created_at) as row
        from work.comment c
        join work.task t on t.org_id = c.org_id and t.id = c.task_id
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
       where c.org_id = ${orgId} and c.author_id = ${id}
         and (${after === null} or c.id > ${after?.id ?? null}::uuid)
       order by c.id limit ${SUBJECT_ROWS}`,
  )

const questionLines = ({ sql, orgId }: Ground, id: string) =>
  lines(
    'question',
    (after) => sql<Keyed>`
      select q.id, jsonb_build_object('question', 'Q-' || q.number, 'kind', q.kind)
             || case when q.asked_by = ${id}
                  then jsonb_build_object('text', q.text, 'options', q.options,
                         'askedAt', q.asked_at)
                  else '{}' end
             || case when q.answered_by = ${id}
                  then jsonb_build_object('answer', q.answer, 'answeredAt', q.answered_at)
                  else '{}' end as row
        from work.question q
       where q.org_id = ${orgId} and (q.asked_by = ${id} or q.answered_by = ${id})
         and (${after === null} or q.id > ${after?.id ?? null}::uuid)
       order by q.id limit ${SUBJECT_ROWS}`,
  )

const placeLines = ({ sql, orgId }: Ground, id: string) =>
  lines(
    'branch',
    (after) => sql<Keyed>`
      select b.id, jsonb_build_object('project', p.key, 'branch', b.name) as row
        from work.branch_agent a
        join work.branch b on b.org_id = a.org_id and b.id = a.branch_id
        join work.project p on p.org_id = b.org_id and p.id = b.project_id
       where a.org_id = ${orgId} and a.principal_id = ${id}
         and (${after === null} or b.id > ${after?.id ?? null}::uuid)
       order by b.id limit ${SUBJECT_ROWS}`,
  )

const viewLines = ({ sql, orgId }: Ground, id: string) =>
  lines(
    'view',
    (after) => sql<Keyed>`
      select v.id, jsonb_build_object('project', p.key, 'name', v.name, 'query', v.query,
               'shared', v.shared) as row
        from work.saved_view v
        join work.project p on p.org_id = v.org_id and p.id = v.project_id
       where v.org_id = ${orgId} and v.owner_id = ${id}
         and (${after === null} or v.id > ${after?.id ?? null}::uuid)
       order by v.id limit ${SUBJECT_ROWS}`,
  )
