import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Handle, TaskKey, Text } from '../contract.ts'
import { TaskChanged, TaskHandedBack } from '../events.ts'
import type { BoardNeeds } from './board-ports.ts'
import { addComment } from './comment-task.ts'
import { leaveClaim } from './leave-claim.ts'
import type { WorkNeeds } from './ports.ts'

/** Gives a person's task back to the queue, for one agent or for all. */
export const handBackTask = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.hand_back_task',
  about: 'Give a task that you hold back to the queue, for an agent by name or for everybody.',
  input: z.strictObject({ key: TaskKey, to: Handle.optional(), note: Text(4_000).optional() }),
  output: z.object({ key: z.string(), column: z.string(), to: z.string().nullable() }),
  access: 'task:claim',
  effect: 'write',
  http: 'POST /tasks/:key/hand-back',
  mcp: null, // agents end their work with work_finish
  scope: ({ key }) => [key],
  say: ({ key, column, to }) => `${key} ${column.toLowerCase()}${to ? ` for @${to}` : ''}`,
  async run({ key, to, note }, words) {
    const { leases, reads, call, emit } = words
    if (call.actor.kind === 'agent') {
      const message = 'Agents end their work with work_finish; released hands a task back.'
      throw refuse('forbidden', 'work.people_only', message)
    }
    const { taskId, projectId, key: name } = await reads.ids(key)
    const held = await leases.lock(name)
    if (held?.holderId !== call.actor.id) {
      const message = `You do not hold ${name}, so you cannot hand it back; take it over first.`
      throw refuse('conflict', 'work.not_yours', message, { key: name })
    }
    const agentId = to === undefined ? null : await agentNamed(words, to)
    if (note) await addComment(words, { taskId, key: name, projectId, body: note })
    if (agentId === null) await letGo(words, { taskId, key: name, projectId })
    const { ended, readied, around } = await leaveClaim(words, {
      taskId,
      fence: held.fence,
      outcome: 'handed_back',
      failures: 'reset',
      flag: null,
      delegate: agentId,
    })
    const { version, from, to: column, category, fence } = ended
    const about = { taskId, key: name, projectId, version, from, to: column, category, fence }
    emit(
      TaskHandedBack(
        { ...about, delegate: agentId, readied, ...(around.length > 0 && { around }) },
        { content: { note: note ?? '' } },
      ),
    )
    return { key: name, column, to: to ?? null }
  },
})

/** Finds the agent or service that is meant to go on with a task. */
const agentNamed = async ({ people }: Pick<WorkNeeds, 'people'>, handle: string) => {
  const known = (await people.byHandle([handle])).get(handle)
  if (known && known.kind !== 'person') return known.id
  const message = `@${handle} is no agent; name one, or leave it out for everybody.`
  throw refuse('invalid', 'work.agent_unknown', message, { field: 'to' })
}

/** Takes the caller off a task that everybody may claim again: a take-over put them there. */
const letGo = async (
  { holds, call, emit }: BoardNeeds & Words,
  about: Readonly<{ taskId: string; key: string; projectId: string }>,
) => {
  const version = await holds.unassign(about.taskId, call.actor.id, call.now)
  if (version === null) return
  const was = { assignee: call.actor.id }
  emit(TaskChanged({ ...about, version, set: { assignee: null }, was, changed: ['assignee'] }))
}
