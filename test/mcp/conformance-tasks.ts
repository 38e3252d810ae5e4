import { setTimeout as pause } from 'node:timers/promises'
import { ProtocolError } from '@modelcontextprotocol/server'
import { asking, form, type Tool } from './conformance-tools.ts'
import { said } from './fixture-words.ts'

// The tools that the official suite wants to become tasks. This server knows nothing of tasks: it
// takes its time, and the hub makes them.

const JOB_MS = 400
// What is asked for a minute is cancelled at once, where somebody can cancel it.
const SECONDS_MAX = 4
const yes = { ok: { type: 'boolean' } }

/** The tools by their names. */
export const TASK_TOOLS: Readonly<Record<string, Tool>> = {
  greet: async ({ args }) => said(`Hello, ${String(args['name'])}!`),
  async slow_compute({ args, context }) {
    const seconds = Math.min(Number(args['seconds']), SECONDS_MAX)
    await pause(seconds * 1_000, undefined, { signal: context.mcpReq.signal })
    return said(`computed ${String(args['label'])}`)
  },
  async failing_job() {
    await pause(JOB_MS)
    return { ...said('The job has failed.'), isError: true }
  },
  async protocol_error_job() {
    await pause(JOB_MS)
    throw new ProtocolError(-32_603, 'The job has broken.')
  },
  async confirm_delete(turn) {
    await pause(JOB_MS)
    const confirm = form(`Delete ${String(turn.args['filename'])}?`, yes)
    return (await asking(turn, { confirm })) ?? said('deleted')
  },
  async multi_input(turn) {
    await pause(JOB_MS)
    const both = { first: form('The first?', yes), second: form('The second?', yes) }
    return (await asking(turn, both)) ?? said('both answered')
  },
  async test_tool_with_task(turn) {
    const name = { name: { type: 'string' } }
    const open = await asking(turn, { user_name: form('What is your name?', name, ['name']) })
    if (open !== null) return open
    await pause(JOB_MS)
    return said(JSON.stringify(turn.context.mcpReq.inputResponses))
  },
}

/** Tools that are to run as tasks only. */
export const TASK_ONLY: ReadonlySet<string> = new Set(['failing_job', 'test_tool_with_task'])
