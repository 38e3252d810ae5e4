import {
  SUBJECT_ROWS,
  type SubjectGround,
  type SubjectLine,
  subjectPages,
} from '../../platform/subject.ts'

type Row = Readonly<{ id: string; row: Readonly<Record<string, unknown>> }>

/** Gives the webhooks and subscriptions that somebody answers for: they are the organisation's. */
export async function* webhooksOf(
  { sql, orgId }: SubjectGround,
  principalId: string,
): AsyncIterable<SubjectLine> {
  const hooks = (after: Row | null) => sql<Row>`
    select id, jsonb_build_object('name', name, 'createdAt', created_at) as row
      from tools.webhook
     where org_id = ${orgId} and made_by = ${principalId}
       and (${after === null} or id > ${after?.id ?? null}::uuid)
     order by id limit ${SUBJECT_ROWS}`
  for await (const { row } of subjectPages(hooks)) yield { k: 'webhook', ...row }
  const subscriptions = (after: Row | null) => sql<Row>`
    select id, jsonb_build_object('name', name, 'host', host, 'createdAt', created_at) as row
      from tools.webhook_subscription
     where org_id = ${orgId} and made_by = ${principalId}
       and (${after === null} or id > ${after?.id ?? null}::uuid)
     order by id limit ${SUBJECT_ROWS}`
  for await (const { row } of subjectPages(subscriptions)) {
    yield { k: 'webhook_subscription', ...row }
  }
}
