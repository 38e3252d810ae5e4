import { z } from 'zod'
import { canonical } from '../../kernel/canonical.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { JsonObject, ToolName } from '../contract.ts'
import { isObject } from '../domain/json.ts'
import { claimOf } from './call-tool.ts'
import { inTheAir, NATIVE_INPUT } from './call-native.ts'
import type { HubTool } from './catalogue.ts'
import { promptNamed } from './get-prompt.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Json } from './hub-records.ts'
import { type NativeAnswer, NativeView, nativeAnswer } from './native-answer.ts'
import { type NativeProfile, profileFor } from './native-profile.ts'
import { resourceAt, URI_CHARS_MAX } from './read-resource.ts'

const Ref = z.union([
  z.strictObject({ type: z.literal('ref/prompt'), name: ToolName, title: z.string().optional() }),
  z.strictObject({
    type: z.literal('ref/resource'),
    uri: z.string().min(1).max(URI_CHARS_MAX),
  }),
])

/** Completes an argument of a prompt or of a template of a server behind the hub. */
export const completeArgument = operation<HubNeeds>()({
  name: 'tools.complete_argument',
  about: 'Complete an argument of a prompt or resource template of a connected server.',
  input: z.strictObject({
    profile: NATIVE_INPUT.profile,
    ref: Ref,
    argument: z.strictObject({
      name: z.string().max(200),
      value: z.string().max(URI_CHARS_MAX),
    }),
    context: JsonObject.optional(),
  }),
  output: NativeView,
  access: 'tool:call',
  effect: 'outside',
  http: null,
  mcp: null,
  say: ({ text }) => text,
  async run({ profile: profileName, ref, argument, context }, words) {
    const profile = await profileFor(profileName, words)
    const { tool, own } = await refIn(profile, ref, words)
    const offers = tool.upstream.config['offers']
    if (!isObject(offers) || offers['completions'] === undefined) return nothing
    const params = { ref: own, argument, ...(context && { context }) }
    const landing = await inTheAir(words, async () => ({
      ...{ tool, args: params, argsSha256: words.sha256(canonical(params)), fields: [] },
      claim: await claimOf(undefined, words),
      request: { method: 'completion/complete', params },
    }))
    return nativeAnswer(landing, { tool, raw: true })
  },
})

type Found = Readonly<{ tool: HubTool; own: Json }>

const refIn = async (
  profile: NativeProfile,
  ref: z.output<typeof Ref>,
  words: HubNeeds & Words,
): Promise<Found> => {
  if (ref.type === 'ref/prompt') {
    const tool = promptNamed(profile, ref.name)
    return { tool, own: { type: ref.type, name: tool.definition.name } }
  }
  const tool = profile.templates.get(ref.uri) ?? (await resourceAt(profile, ref.uri, words))
  return { tool, own: { type: ref.type, uri: tool.definition.name } }
}

const nothing: NativeAnswer = {
  ...{ key: null, state: 'done', fault: null, ref: null, approval: null, url: null, text: '' },
  result: { completion: { values: [], total: 0, hasMore: false } },
}
