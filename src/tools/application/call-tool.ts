import { z } from 'zod'
import { canonical } from '../../kernel/canonical.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { CallView, JsonObject, ToolName } from '../contract.ts'
import { signatureOf } from '../domain/signature.ts'
import { readResult, RESULT_TOOL } from './read-result.ts'
import { mayUse, toolsFor, type HubTool } from './catalogue.ts'
import { badArguments, notHeld, quarantined, unknownTool } from './call-refusals.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Claim, Json } from './hub-records.ts'
import { makeCall } from './make-call.ts'

/** Parts of a result that a call asks for at most. */
const FIELDS_MAX = 20

const TaskKey = z.string().regex(/^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/, 'is a task such as GH-12')

type Needs = HubNeeds & Words

/** Calls a tool behind the hub. */
export const callTool = operation<HubNeeds>()({
  name: 'tools.call_tool',
  about: 'Call a tool by its name. Large results: read on with guildhall__result {call, part}.',
  input: z.strictObject({
    name: ToolName,
    args: JsonObject.default({}),
    fields: z.array(z.string().min(1).max(200)).max(FIELDS_MAX).optional(),
    task: TaskKey.optional(),
  }),
  output: CallView,
  access: 'tool:call',
  effect: 'outside',
  http: 'POST /tools/:name/calls',
  mcp: 'tool_call',
  scope: ({ task }) => (task === undefined ? [] : [task]),
  say: ({ text }) => text,
  async run({ name, args, fields = [], task }, words) {
    if (name === RESULT_TOOL) return readResult(args, words)
    const tool = await allowedTool(name, words)
    await checkArguments(tool, args, words)
    const argsSha256 = words.sha256(canonical(args))
    const claim = await claimOf(task, words)
    return makeCall({ tool, args, argsSha256, claim, fields }, words)
  },
})

/** Finds a tool that the caller may use; whether it exists for others is not told. */
export const allowedTool = async (name: string, words: Needs): Promise<HubTool> => {
  const catalogue = await words.catalogue()
  const asker = { actor: words.call.actor, visible: words.visible }
  const found = catalogue.tools.get(name)
  if (found && mayUse(found, asker)) return found
  const waiting = catalogue.blocked.get(name)
  if (waiting && waiting.definition.state !== 'gone' && mayUse(waiting, asker)) {
    throw quarantined(waiting)
  }
  throw unknownTool(name, toolsFor(catalogue, asker))
}

/** Refuses arguments that the approved schema does not allow; nothing has left by then. */
export const checkArguments = async (tool: HubTool, args: Json, words: Needs): Promise<void> => {
  const problems = await words.checks.problems(tool.definition, args)
  if (problems.length > 0) {
    throw badArguments(tool, problems, signatureOf(tool.name, tool.definition))
  }
}

/** Finds the claim that a call belongs to: the one that is named, or the only one. */
export const claimOf = async (task: string | undefined, words: Needs): Promise<Claim | null> => {
  const { call, claims } = words
  if (task === undefined && call.actor.kind !== 'agent') return null
  const held = await claims.held(call.actor.id, call.now)
  if (task === undefined) return held.length === 1 ? (held[0] ?? null) : null
  const claim = held.find(({ key }) => key === task)
  // People call tools for a task without holding it: they may take it over at any time.
  if (claim === undefined && call.actor.kind === 'agent') throw notHeld(task)
  return claim ?? null
}
