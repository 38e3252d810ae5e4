import { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import { shorten, span } from '../../kernel/text.ts'
import { leaseKey } from '../domain/key.ts'
import type { Claimed } from './claim-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** Characters of a body that a brief shows: about 1,500 tokens. */
const BODY_SHOWN_MAX = 6_000
const ATTEMPTS_SHOWN = 3

/** What a worker gets to begin with: the task, its lease, what happened before, the context. */
export const BriefView = z.object({
  key: z.string(),
  lease: z.string(),
  attempt: z.int(),
  expiresAt: z.string().nullable(),
  type: z.string(),
  priority: z.string(),
  points: z.number().nullable(),
  branch: z.string(),
  title: z.string(),
  body: z.string(),
  accept: z.array(z.object({ text: z.string(), done: z.boolean() })),
  before: z.array(z.string()),
  context: z.string(),
  hints: z.array(z.string()),
})
export type Brief = z.output<typeof BriefView>

type Asked = Readonly<{ claimed: Claimed; key: string; have: string | null; leaseS: number }>

/** Gathers the brief of a task that was just claimed. */
export const briefOf = async (
  { reads, contexts, leases, call }: Pick<WorkNeeds, 'reads' | 'contexts' | 'leases'> & Words,
  { claimed, key, have, leaseS }: Asked,
): Promise<Brief> => {
  const { taskId, projectId, branchId, parentId } = claimed
  const isRoot = parentId === null
  const chain = isRoot ? [taskId] : (await reads.ancestors(taskId)).map(({ id }) => id)
  // Sent together: none of these needs the answer of another.
  const [task, before, context] = await Promise.all([
    reads.brief(taskId),
    claimed.attempt > 1 ? reads.attempts(taskId, ATTEMPTS_SHOWN + 1) : [],
    contexts.brief({ projectId, branchId, taskIds: chain }, have),
  ])
  const { due, failures, children: total, openChildren: open, frees } = task
  const facts = { key, now: call.now, due, failures, subtasks: { total, open }, frees }
  const hints = contexts.hints(facts, [])
  if (hints.told.length > 0) {
    await leases.renew(taskId, { now: call.now, leaseS, noted: false, told: hints.told })
  }
  return {
    key,
    lease: leaseKey(key, claimed.fence),
    attempt: claimed.attempt,
    expiresAt: task.leaseExpires === null ? null : new Date(task.leaseExpires).toISOString(),
    type: task.type,
    priority: task.priority,
    points: task.points,
    branch: task.branch,
    title: task.title,
    body: task.body,
    accept: task.accept,
    before: before
      .filter((one) => one.number < claimed.attempt)
      .slice(0, ATTEMPTS_SHOWN)
      .map((one) => attemptLine(one, call.now)),
    context,
    hints: [...hints.lines],
  }
}

type Before = Readonly<{
  number: number
  holder: string
  outcome: string | null
  endedAt: string | null
  summary: string | null
}>

/** Says how an earlier attempt went, in one line. */
export const attemptLine = (one: Before, now: number): string => {
  const when = one.endedAt === null ? 'now' : `${span(now - Date.parse(one.endedAt))} ago`
  const why = one.summary ? `: ${shorten(one.summary.replaceAll(/\s+/g, ' '), 120)}` : ''
  return `#${one.number} @${one.holder} ${one.outcome ?? 'running'} ${when}${why}`
}

/** Writes a priority as one letter, with the points behind it. */
export const weight = (priority: string, points: number | null): string =>
  [
    priority === 'none' ? '' : priority.slice(0, 1).toUpperCase(),
    points === null ? '' : `${points}p`,
  ]
    .filter(Boolean)
    .join(' ')

/** Says a brief as agents read it. */
export const sayBrief = (brief: Brief, now: number): string => {
  const left = brief.expiresAt === null ? 'yours' : span(Date.parse(brief.expiresAt) - now)
  const branch = `${brief.key.slice(0, brief.key.lastIndexOf('-'))}/${brief.branch}`
  const head = [brief.key, brief.type, weight(brief.priority, brief.points), branch]
  const attempt = `attempt ${brief.attempt} lease ${brief.lease} ${left}`
  const cut = brief.body.length > BODY_SHOWN_MAX
  const accept = brief.accept.map(
    (item, index) => `${index + 1}${item.done ? ' done:' : ''} ${item.text}`,
  )
  return [
    [...head.filter(Boolean), attempt].join(' '),
    brief.title,
    cut ? `${brief.body.slice(0, BODY_SHOWN_MAX)}…\nrest: task_get ${brief.key} full` : brief.body,
    accept.length > 0 ? `Accept: ${accept.join(' ')}` : '',
    brief.before.length > 0 ? `Before: ${brief.before.join('\n')}` : '',
    brief.context,
    ...brief.hints.map((hint) => `! ${hint}`),
  ]
    .filter(Boolean)
    .join('\n')
}
