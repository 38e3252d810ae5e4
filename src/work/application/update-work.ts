import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { span } from '../../kernel/text.ts'
import { LeaseKey, Line, TaskKey, Text } from '../contract.ts'
import { TaskMoved, TaskNoted } from '../events.ts'
import { LEASE_MAX_S, LEASE_MIN_S } from '../domain/words.ts'
import { heldLease } from './held-lease.ts'
import type { WorkNeeds } from './ports.ts'
import { saveItems } from './save-items.ts'
import type { SaveNeeds } from './save-ports.ts'

/** Usage that a worker reports: counts of tokens, and dollars as text or number. */
export const Usage = z.strictObject({
  model: Line(100),
  input: z.int().min(0).optional(),
  output: z.int().min(0).optional(),
  usd: z.number().min(0).max(100_000).optional(),
})

/** Renews a lease and says how the work goes; a bare renewal leaves no event. */
export const updateWork = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.update_work',
  about: 'Renew your lease and report progress; answers, stop requests and hints come back.',
  input: z.strictObject({
    lease: LeaseKey,
    note: Text(4_000).optional(),
    progress: z.int().min(0).max(99).optional(),
    status: Line(60).optional(),
    blocked_by: z.array(TaskKey).min(1).max(10).optional(),
    lease_s: z.int().min(LEASE_MIN_S).max(LEASE_MAX_S).optional(),
    usage: Usage.optional(),
  }),
  output: z.object({
    key: z.string(),
    column: z.string(),
    progress: z.int(),
    leaseExpires: z.string().nullable(),
    stop: z.boolean(),
    answers: z.array(z.string()),
    hints: z.array(z.string()),
  }),
  access: 'task:claim',
  effect: 'write',
  http: 'POST /work/update',
  mcp: 'work_update',
  scope: ({ lease }) => [lease],
  say: ({ key, column, progress, leaseExpires, stop, answers, hints }, { now }) => {
    const left = leaseExpires === null ? '' : `, lease ${span(Date.parse(leaseExpires) - now)}`
    return [
      `${key} ${column.toLowerCase()}${progress > 0 ? ` ${progress}%` : ''}${left}`,
      stop ? 'Stop was asked for: finish with released or blocked now.' : '',
      ...answers,
      ...hints.map((hint) => `! ${hint}`),
    ]
      .filter(Boolean)
      .join('\n')
  },
  async run({ lease, note, progress, status, blocked_by, lease_s, usage }, words) {
    const { leases, notes, reads, contexts, call, emit } = words
    const held = await heldLease(words, lease)
    const { taskId, projectId, key } = held
    const about = { taskId, key, projectId }
    if (progress !== undefined) {
      const version = await notes.progress(taskId, progress, call.now)
      emit(TaskNoted({ ...about, version, what: 'progress', progress }))
    }
    if (status !== undefined) {
      const moved = await notes.status(taskId, status, call.now)
      if (moved.kind === 'refused') {
        const columns = moved.allowed.join(' or ')
        const message = `${key} can only be in ${columns} while you hold it; work_finish ends it.`
        throw refuse('conflict', 'work.status_not_running', message, { allowed: moved.allowed })
      }
      const { version, from, to } = moved
      if (from !== to) emit(TaskMoved({ ...about, version, from, to, category: 'started' }))
    }
    if (blocked_by !== undefined) await addBlockers(words, key, blocked_by)
    if (usage !== undefined) await notes.usage(taskId, held.attempt, usage)
    if (note !== undefined) {
      await notes.comment({
        id: call.newId(),
        taskId,
        authorId: call.actor.id,
        body: note,
        now: call.now,
      })
      emit(TaskNoted({ ...about, version: 0, what: 'note' }, { content: { text: note } }))
    }
    const shown = await reads.shown(taskId)
    const silent = note === undefined ? held.renewals + 1 - held.notedAtRenewal : 0
    const told = contexts.hints({ key, now: call.now, renewalsWithoutNote: silent }, held.told)
    const expires = await leases.renew(taskId, {
      now: call.now,
      leaseS: lease_s ?? held.leaseS,
      noted: note !== undefined,
      told: told.told,
    })
    const answers = await notes.answers(call.actor.id)
    return {
      key,
      column: shown.column,
      progress: shown.progress,
      leaseExpires: expires === null ? null : new Date(expires).toISOString(),
      stop: held.stop,
      answers: answers.map(({ number, answer }) => `Q-${number} answered: ${answer}`),
      hints: [...told.lines],
    }
  },
})

/** Lets the held task wait for others: what was found in its way while working on it. */
const addBlockers = async (
  words: WorkNeeds & SaveNeeds & Words,
  key: string,
  blockers: readonly string[],
): Promise<void> => {
  await saveItems(words, {
    items: [{ id: key, depends_on: blockers.map((blocker) => `+blocks:${blocker}`) }],
    project: null,
    dryRun: false,
    place: () => (field) => (field === 'depends_on' ? 'blocked_by' : field),
  })
}
