import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { ToolName } from '../contract.ts'
import { advancePin, type PinStep } from '../domain/pin.ts'
import { DefinitionDecided } from '../events.ts'
import type { HubNeeds } from './hub-ports.ts'
import { anyTool } from './views.ts'

const Decided = z.object({ name: ToolName, state: z.string(), hash: z.string() })

/** Lets a tool be used as its server describes it now. */
export const approveTool = operation<HubNeeds>()({
  name: 'tools.approve_tool',
  about: 'Approve a tool as its server describes it now. Look at it first: tool show.',
  input: z.strictObject({
    name: ToolName,
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'is the hash that tool show gives')
      .describe('Hash of what you looked at'),
  }),
  output: Decided,
  access: 'tool:approve',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'POST /tools/:name/approve',
  mcp: null,
  say: ({ name }) => `${name} approved`,
  run: ({ name, hash }, words) => decided(name, { kind: 'approve', hash }, words),
})

/** Keeps a tool from being used. */
export const rejectTool = operation<HubNeeds>()({
  name: 'tools.reject_tool',
  about: 'Reject a tool: nobody can use it until somebody approves it.',
  input: z.strictObject({ name: ToolName }),
  output: Decided,
  access: 'tool:approve',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'POST /tools/:name/reject',
  mcp: null,
  say: ({ name }) => `${name} rejected`,
  run: ({ name }, words) => decided(name, { kind: 'reject' }, words),
})

const decided = async (name: string, step: PinStep, words: HubNeeds & Words) => {
  const { definitions, call, emit } = words
  const { definition, upstream } = anyTool(await words.catalogue(), name)
  // Read again where it is written: the catalogue at hand may be a moment old.
  const before = (await definitions.of(upstream.id)).find(({ id }) => id === definition.id)
  if (before === undefined) throw notFound(name)
  const after = {
    ...{ ...advancePin(before, step), decidedAt: call.now, version: before.version + 1 },
  }
  await definitions.save(after)
  const about = { definitionId: after.id, upstreamId: upstream.id, name: after.name }
  const outcome = step.kind === 'approve' ? ('approved' as const) : ('rejected' as const)
  emit(DefinitionDecided({ ...about, hash: after.hash, outcome, version: after.version }))
  return { name, state: after.state, hash: after.hash }
}
