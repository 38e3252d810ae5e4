import { z } from 'zod'
import { canonical } from '../../kernel/canonical.ts'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import { ToolName } from '../contract.ts'
import { claimOf } from './call-tool.ts'
import { inTheAir, NATIVE_INPUT } from './call-native.ts'
import type { HubNeeds } from './hub-ports.ts'
import { NativeView, nativeAnswer } from './native-answer.ts'
import { type NativeProfile, profileFor } from './native-profile.ts'

/** Fills in a prompt of a server behind the hub; recorded like a call. */
export const getPrompt = operation<HubNeeds>()({
  name: 'tools.get_prompt',
  about: 'Fill in a prompt of a connected server, by the name under which a profile lists it.',
  input: z.strictObject({
    ...NATIVE_INPUT,
    name: ToolName,
    args: z.record(z.string(), z.string()).default({}),
  }),
  output: NativeView,
  access: 'tool:call',
  effect: 'outside',
  http: null,
  mcp: null,
  say: ({ text }) => text,
  async run({ profile: profileName, name, args, state, logLevel }, words) {
    const profile = await profileFor(profileName, words)
    const tool = promptNamed(profile, name)
    const params = { name: tool.definition.name, arguments: args }
    const landing = await inTheAir(words, async () => ({
      ...{ tool, args, argsSha256: words.sha256(canonical(params)), fields: [], state, logLevel },
      claim: await claimOf(undefined, words),
      request: { method: 'prompts/get', params },
    }))
    return nativeAnswer(landing, { tool, raw: profile.raw })
  },
})

/** Finds a prompt by the name under which a profile lists it. */
export const promptNamed = ({ prompts }: NativeProfile, name: string) => {
  const found = prompts.get(name)
  if (found) return found
  const near = nearest(name.slice(0, 64), [...prompts.keys()])
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  throw refuse('not_found', 'tools.unknown_prompt', `Unknown prompt.${hint}`)
}
