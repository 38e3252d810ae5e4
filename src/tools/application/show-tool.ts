import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { ToolDetails, ToolName } from '../contract.ts'
import { mayUse } from './catalogue.ts'
import { unknownTool } from './call-refusals.ts'
import type { HubNeeds } from './hub-ports.ts'
import { anyTool, toolDetails } from './views.ts'
import { writtenRules } from './written-rules.ts'

/** Shows a tool: its schema, its rules, and what its server says of it that nobody approved. */
export const showTool = operation<HubNeeds>()({
  name: 'tools.show_tool',
  about: 'Show a tool: its arguments, its rules, and changes that wait for a decision.',
  input: z.strictObject({ name: ToolName }),
  output: ToolDetails,
  access: 'tool:read',
  effect: 'read',
  http: 'GET /tools/:name',
  mcp: null,
  say: ({ signature, state, diff, warnings }) =>
    [
      signature,
      ...(state === 'approved' ? [] : [`state: ${state}`]),
      ...diff,
      ...warnings.map((warning) => `warning: ${warning}`),
    ].join('\n'),
  async run({ name }, words) {
    const { catalogue, call, visible, may, policies } = words
    const all = await catalogue()
    const tool = anyTool(all, name)
    // Whoever manages tools sees those that are not for them; to others they are not there.
    const manages = visible === null && may('catalogue:write', null)
    if (!manages && !mayUse(tool, { actor: call.actor, visible })) throw unknownTool(name, [])
    const stored = await policies.of(tool.upstream.id)
    const rulesOf = (one: string) => stored.find((policy) => policy.tool === one)?.rules ?? {}
    const both = [rulesOf(tool.definition.name), rulesOf('')]
    const [own = {}, server = {}] = await writtenRules(both, words)
    return toolDetails(tool, all, { own, server })
  },
})
