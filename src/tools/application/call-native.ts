import { z } from 'zod'
import { canonical } from '../../kernel/canonical.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { type Refusal, refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import { JsonObject, ToolName } from '../contract.ts'
import { isObject } from '../domain/json.ts'
import { quarantined } from './call-refusals.ts'
import { checkArguments, claimOf } from './call-tool.ts'
import type { CallTask, CallWish } from './call-wish.ts'
import { type HubTool, inProfile, mayUse } from './catalogue.ts'
import type { HubNeeds, Landing } from './hub-ports.ts'
import { makeCall } from './make-call.ts'
import { type NativeAnswer, NativeView, nativeAnswer } from './native-answer.ts'
import { type NativeProfile, profileFor } from './native-profile.ts'
import { readResult, RESULT_TOOL } from './read-result.ts'
import { ProfileName } from './show-profile.ts'

type Needs = HubNeeds & Words

/** Milliseconds that a caller waits at most before it goes on without a call. */
const PATIENCE_MS_MAX = 60_000

/** What every request of a client brings along that lists natively. */
export const NATIVE_INPUT = {
  profile: ProfileName,
  /** What the server asked to get back with answers. */
  state: z.string().max(1_000_000).optional(),
  /** The least severe log message that the client wants. */
  logLevel: z.string().max(20).optional(),
}

/** Calls a tool by the name under which a profile lists it. */
export const callNative = operation<HubNeeds>()({
  name: 'tools.call_listed_tool',
  about: 'Call a tool by the name under which a profile lists it; the result comes as it is.',
  input: z.strictObject({
    ...NATIVE_INPUT,
    name: ToolName,
    args: JsonObject.default({}),
    patienceMs: z.int().min(1).max(PATIENCE_MS_MAX).optional(),
  }),
  output: NativeView,
  access: 'tool:call',
  effect: 'outside',
  http: null,
  mcp: null,
  say: ({ text }) => text,
  async run({ profile: profileName, name, args, state, logLevel, patienceMs }, words) {
    const profile = await profileFor(profileName, words)
    const { raw } = profile
    if (name === RESULT_TOOL) {
      const value = await readResult(args, words)
      return nativeAnswer({ kind: 'done', value }, { tool: null, raw })
    }
    const tool = await listedTool(profile, name, words)
    if (isTaskOnly(tool, words)) return taskOnly(name)
    const wishOf = async () => {
      await checkArguments(tool, args, words)
      const argsSha256 = words.sha256(canonical(args))
      const claim = await claimOf(undefined, words)
      return { tool, args, argsSha256, claim, fields: [], state, logLevel }
    }
    const landing = await inTheAir(words, wishOf, patienceMs ?? null)
    return nativeAnswer(landing, { tool, raw })
  },
})

/** Makes a call that may ask its client; goes on with one that the client answers. */
export const inTheAir = async (
  words: Needs,
  wishOf: () => Promise<CallWish>,
  patienceMs: number | null = null,
): Promise<Landing> => {
  const { call, flights } = words
  const { client } = call
  if (client?.ref !== undefined) {
    const landing = flights.resume(call)
    if (landing === null) throw callLost()
    return landing
  }
  const wish = await wishOf()
  const make = (own: Words['call'], task: CallTask | null = null) =>
    makeCall({ ...wish, ...(task && { task }) }, { ...words, call: own })
  const isAsked = client !== undefined && client.ask === undefined && canAnswer(client)
  if (!isAsked && patienceMs === null) return { kind: 'done', value: await make(call) }
  return flights.begin({ call, make, patienceMs })
}

const TASKS = 'io.modelcontextprotocol/tasks'

/** Tells whether a stateless client would have to take a task, and cannot. */
const isTaskOnly = ({ definition }: HubTool, { call: { client } }: Needs): boolean => {
  const { execution } = definition.body
  if (!isObject(execution) || execution['taskSupport'] !== 'required') return false
  if (client === undefined || client.ask !== undefined) return false
  const { extensions } = client.capabilities
  return !isObject(extensions) || extensions[TASKS] === undefined
}

const taskOnly = (name: string): NativeAnswer => ({
  ...{ key: null, state: 'refused', result: null, ref: null, approval: null, url: null, text: '' },
  fault: {
    code: -32_021,
    message: `${name} runs as a task only, and this client takes none.`,
    data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
  },
})

const ANSWERS = ['elicitation', 'sampling', 'roots']

const canAnswer = ({ capabilities }: NonNullable<Words['call']['client']>): boolean =>
  ANSWERS.some((name) => capabilities[name] !== undefined)

const listedTool = async (profile: NativeProfile, name: string, words: Needs): Promise<HubTool> => {
  const found = profile.tools.get(name)
  if (found) return found
  const { blocked, profiles } = await words.catalogue()
  const saved = profiles.get(profile.name)
  const asker = { actor: words.call.actor, visible: words.visible }
  const waiting = [...blocked.values()].find(
    (one) =>
      (profile.raw ? one.definition.name : one.name) === name &&
      one.definition.state !== 'gone' &&
      saved !== undefined &&
      inProfile(saved, one.name) &&
      mayUse(one, asker),
  )
  throw waiting ? quarantined(waiting) : unknownListed(name, [...profile.tools.keys()])
}

/** Names that a wrong one is compared with. */
const COMPARED_MAX = 1_000

const unknownListed = (name: string, known: readonly string[]): Refusal => {
  const near = nearest(name.slice(0, 64), known.slice(0, COMPARED_MAX))
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  return refuse('not_found', 'tools.unknown_tool', `Unknown tool.${hint}`)
}

const callLost = () => {
  const message =
    'The call that asked this is gone: the hub was restarted, or ten minutes are over. It may ' +
    'have done something; look at what is there before you call again.'
  return refuse('unavailable', 'tools.call_lost', message)
}
