import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { JsonObject, Slug, ToolName } from '../contract.ts'
import { type PolicyRules, TOOL_EFFECTS } from '../domain/policy-rules.ts'
import { PolicySet } from '../events.ts'
import type { HubNeeds } from './hub-ports.ts'
import { anyTool, serverNamed } from './views.ts'

const Handles = z.array(z.string().min(1).max(41)).max(200)

/** Rules as people write them: projects by key, principals by handle. */
export const Rules = z.strictObject({
  enabled: z.boolean().optional(),
  effect: z.enum(TOOL_EFFECTS).optional(),
  reads: z.enum(['public', 'private', 'sensitive']).optional(),
  untrusted: z.boolean().optional().describe('Its answers may hold words of strangers'),
  egress: z.enum(['none', 'internal', 'external']).optional(),
  approval: z.enum(['default', 'never', 'always']).optional(),
  needs: z
    .union([z.literal(1), z.literal(2)])
    .optional()
    .describe('People who have to approve'),
  projects: z.array(z.string().max(10)).max(100).optional().describe('Only in these'),
  holders: Handles.optional().describe('Only by these'),
  kinds: z
    .array(z.enum(['person', 'service', 'agent']))
    .max(3)
    .optional(),
  perMinute: z.int().min(1).max(100_000).optional(),
  resultBytesMax: z.int().min(1_000).max(20_000_000).optional(),
  timeoutMs: z.int().min(100).max(600_000).optional(),
  retrySafe: z.boolean().optional().describe('Calling it twice does no harm'),
})

/** Rules with names of people and projects turned into what they stand for. */
export const storedRules = async (
  rules: z.output<typeof Rules>,
  { people, projects }: HubNeeds,
): Promise<PolicyRules> => {
  const { projects: keys, holders, ...rest } = rules
  const [ids, principals] = await Promise.all([
    Promise.all((keys ?? []).map(async (key) => (await projects.idOf(key)) ?? missing(key))),
    people.idsOf(holders ?? []),
  ])
  const held = (holders ?? []).map((handle) => principals.get(handle) ?? missing(handle))
  return { ...rest, ...(keys && { projects: ids }), ...(holders && { holders: held }) }
}

const missing = (name: string): never => {
  throw notFound(name)
}

/** Sets the rules of one tool, or of all tools of a server that have none of their own. */
export const setToolRules = operation<HubNeeds>()({
  name: 'tools.set_tool_rules',
  about:
    'Set who may use a tool, where, and who has to approve; of one tool, or of a whole server.',
  input: z.strictObject({
    server: Slug,
    tool: ToolName.optional().describe('Left out: all tools of the server without own rules'),
    rules: Rules,
  }),
  output: z.object({ server: Slug, tool: z.string().nullable(), rules: JsonObject }),
  access: 'catalogue:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'PUT /tool-servers/:server/rules',
  mcp: null,
  say: ({ server, tool }) => `rules of ${tool ?? `all tools of ${server}`} set`,
  async run({ server, tool, rules }, words) {
    const catalogue = await words.catalogue()
    const upstream = serverNamed(catalogue, server)
    const name = tool === undefined ? '' : ownName(server, anyTool(catalogue, tool))
    const stored = await storedRules(rules, words)
    await words.policies.set({ upstreamId: upstream.id, tool: name, rules: stored })
    tell(words, { upstreamId: upstream.id, tool: name, rules: { ...stored } })
    return { server, tool: tool ?? null, rules: { ...rules } }
  },
})

const tell = ({ emit }: Words, what: Parameters<typeof PolicySet>[0]): void => emit(PolicySet(what))

const ownName = (server: string, tool: ReturnType<typeof anyTool>): string => {
  if (tool.upstream.slug === server) return tool.definition.name
  throw refuse('invalid', 'tools.other_server', `${tool.name} is a tool of ${tool.upstream.slug}.`)
}
