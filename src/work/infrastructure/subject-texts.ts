import { eraseEventTexts } from '../../platform/subject/erase-texts.ts'
import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import { type ErasedCounts, type Erasing, ERASED_TEXT } from '../../platform/subject.ts'
import { TaskChanged } from '../events.ts'

/** Replaces the texts that a person has written; what others wrote in between is theirs. */
export const eraseTexts = async (
  ground: Ground,
  principalId: string,
  erasing: Erasing,
): Promise<ErasedCounts> => {
  const { sql, orgId } = ground
  // Before the texts they are found by are gone: what stands elsewhere word for word.
  const flags = await eraseFlags(ground, principalId, erasing)
  const quotes = await eraseQuotes(ground, principalId)
  const tasks = await eraseTasks(ground, principalId, erasing)
  const [comments, attempts, questions, answers] = await Promise.all([
    sql`
      update work.comment set body = ${ERASED_TEXT}
       where org_id = ${orgId} and author_id = ${principalId} and body <> ${ERASED_TEXT}
      returning id`,
    sql`
      update work.attempt
         set summary = case when summary is null then null else ${ERASED_TEXT} end,
             evidence = case when evidence is null then null else ${ERASED_TEXT} end
       where org_id = ${orgId} and holder_id = ${principalId}
         and coalesce(summary, evidence) is not null
         and (summary is distinct from ${ERASED_TEXT} or evidence <> ${ERASED_TEXT})
      returning number`,
    // The number of options stays: an answer may name one of them by its place.
    sql`
      update work.question
         set text = ${ERASED_TEXT},
             options = (select coalesce(jsonb_agg(${ERASED_TEXT}::text), '[]')
                          from jsonb_array_elements(options))
       where org_id = ${orgId} and asked_by = ${principalId} and text <> ${ERASED_TEXT}
      returning id`,
    sql`
      update work.question set answer = ${ERASED_TEXT}
       where org_id = ${orgId} and answered_by = ${principalId} and answer <> ${ERASED_TEXT}
      returning id`,
  ])
  return {
    ...tasks,
    flags,
    quotes,
    comments: comments.length,
    attempts: attempts.length,
    questions: questions.length,
    answers: answers.length,
  }
}

type ErasedTask = Readonly<{
  taskId: string
  projectId: string
  key: string
  version: number
  wasBlocked: boolean
}>

/** Empties tasks they made and tells of it, so that boards forget the texts too. */
const eraseTasks = async (
  { sql, orgId }: Ground,
  principalId: string,
  { now, emit }: Erasing,
): Promise<ErasedCounts> => {
  const tasks = await sql<ErasedTask>`
    update work.task t
       set title = ${ERASED_TEXT}, body = ${ERASED_TEXT},
           accept = (select coalesce(jsonb_agg(
                        item || jsonb_build_object('text', ${ERASED_TEXT}::text)
                        order by place), '[]')
                       from jsonb_array_elements(t.accept) with ordinality as a (item, place)),
           blocked_reason = case when blocked_reason is null then null else ${ERASED_TEXT} end,
           version = t.version + 1, updated_at = ${at(now)}
      from work.project p
     where t.org_id = ${orgId} and t.created_by = ${principalId} and p.org_id = t.org_id
       and p.id = t.project_id and (t.title <> ${ERASED_TEXT} or t.body <> ${ERASED_TEXT})
    returning t.id as "taskId", t.project_id as "projectId",
              p.key || '-' || t.number as "key", t.version,
              t.blocked_reason is not null as "wasBlocked"`
  for (const { wasBlocked, ...about } of tasks) {
    const content = {
      ...{ title: ERASED_TEXT, body: ERASED_TEXT },
      ...(wasBlocked && { reason: ERASED_TEXT }),
    }
    const changed = ['title', 'body', 'accept', ...(wasBlocked ? ['blocked'] : [])]
    emit(TaskChanged({ ...about, set: {}, was: {}, changed }, { content }))
  }
  // What an import kept of the source's own fields was written there, by whoever made the task.
  const links = await sql`
    update work.import_link l set kept = jsonb_set(l.kept, '{unmapped}', '{}')
      from work.task t
     where l.org_id = ${orgId} and t.org_id = ${orgId} and t.id = l.task_id
       and t.created_by = ${principalId} and l.kept -> 'unmapped' <> '{}'
    returning l.external_id`
  return { tasks: tasks.length, importFields: links.length }
}

/** A task that somebody handed in as blocked shows their summary as the reason. */
const eraseFlags = async (
  { sql, orgId }: Ground,
  principalId: string,
  { now, emit }: Erasing,
): Promise<number> => {
  const tasks = await sql<Omit<ErasedTask, 'wasBlocked'>>`
    update work.task t
       set blocked_reason = ${ERASED_TEXT}, version = t.version + 1, updated_at = ${at(now)}
      from work.project p
     where t.org_id = ${orgId} and p.org_id = t.org_id and p.id = t.project_id
       and t.created_by is distinct from ${principalId}::uuid
       and t.blocked_reason <> ${ERASED_TEXT}
       and exists (select from work.attempt a
                    where a.org_id = t.org_id and a.task_id = t.id
                      and a.holder_id = ${principalId} and a.summary = t.blocked_reason)
    returning t.id as "taskId", t.project_id as "projectId",
              p.key || '-' || t.number as "key", t.version`
  for (const about of tasks) {
    const content = { reason: ERASED_TEXT }
    emit(TaskChanged({ ...about, set: {}, was: {}, changed: ['blocked'] }, { content }))
  }
  return tasks.length
}

/** An answer is told under its task with the question before it: the question goes there, too. */
const eraseQuotes = async ({ sql, orgId }: Ground, principalId: string): Promise<number> => {
  const quotes = await sql<{ taskId: string; body: string }>`
    update work.comment c
       set body = begins || ${ERASED_TEXT} || substr(c.body, length(begins || text) + 1)
      from (select o.id, o.task_id, o.body, q.text, 'Q-' || q.number || ' ' as begins
              from work.question q
              join work.comment o on o.org_id = q.org_id and o.task_id = q.task_id
               and starts_with(o.body, 'Q-' || q.number || ' ' || q.text)
             where q.org_id = ${orgId} and q.asked_by = ${principalId}
               and q.text <> ${ERASED_TEXT}) quoted
     where c.org_id = ${orgId} and c.id = quoted.id
    returning quoted.task_id as "taskId", quoted.body`
  for (const { taskId, body } of quotes) {
    await eraseEventTexts({ sql, orgId }, { subjects: [taskId], text: body })
  }
  return quotes.length
}
