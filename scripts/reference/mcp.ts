import { listPrompts } from '../../src/interface/mcp/prompts.ts'
import { AGENT_PATH, PROFILES } from '../../src/interface/mcp/place.ts'
import { listTemplates, makeTemplates } from '../../src/interface/mcp/resources.ts'
import { listTools, makeTools, type ToolEntry, type Tools } from '../../src/interface/mcp/tools.ts'
import { TOOL_ABOUT } from '../../src/main/tool-about.ts'
import type { Prompt } from '../../src/kernel/hall.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { toolTokens } from '../../test/tokens.ts'
import { code, fenced, type Page, pageOf, table } from './markdown.ts'

const ABOUT = `Agents connect to \`${AGENT_PATH}\` with a key of their own;
\`guildhall connect <client>\` prints the configuration. \`${AGENT_PATH}/p/<profile>\` shows fewer
tools, \`?tools=a,b\` just those. A list holds only what the rights of the agent ever allow. Tokens
are counted with o200k_base over name, description and input schema.`

/** Writes the page of tools, profiles, resources and prompts. */
export const mcpPage = (operations: readonly AnyOperation[], prompts: readonly Prompt[]): Page => {
  const offered = operations.filter(({ internal }) => !internal)
  const names = new Set(offered.map(({ name }) => name))
  const tools = makeTools(offered, TOOL_ABOUT)
  const listed = (chosen: readonly string[] | null) =>
    listTools(tools, { profile: '', tools: chosen && new Set(chosen), mark: '', hub: null }, names)
  const all = listed(null)
  const profiles = Object.entries(PROFILES).map(([profile, chosen]) => {
    const entries = listed(chosen)
    return [code(profile), entries.length, toolTokens(entries)]
  })
  const templates = listTemplates(makeTemplates(offered), names)
  const offeredPrompts = listPrompts(prompts)
  return pageOf('mcp.md', 'MCP', [
    ABOUT,
    `All ${all.length} tools together cost ${toolTokens(all)} tokens.`,
    table(['Profile', 'Tools', 'Tokens'], profiles),
    '## Tools',
    ...all.flatMap((tool) => toolSection(tool, tools)),
    templates.length > 0 ? '## Resources' : '',
    table(
      ['URI', 'About'],
      templates.map(({ uriTemplate, description }) => [code(uriTemplate), description]),
    ),
    offeredPrompts.length > 0 ? '## Prompts' : '',
    table(['Prompt', 'About', 'Takes'], offeredPrompts.map(promptRow)),
  ])
}

const toolSection = (tool: ToolEntry, tools: Tools): string[] => {
  const ops = [...(tools.get(tool.name)?.ops ?? [])]
  return [
    `### ${tool.name}`,
    tool.description,
    `${toolTokens([tool])} tokens${tool.annotations.readOnlyHint ? '; only reads' : ''}.`,
    table(
      ['Op', 'Operation', 'Needs', 'Does'],
      ops.map(([op, { name, access, about }]) => [
        op === '' ? '' : code(op),
        code(name),
        access === null ? '' : code(access),
        about,
      ]),
    ),
    fenced('json', JSON.stringify(tool.inputSchema, null, 2)),
  ]
}

type Listed = ReturnType<typeof listPrompts>[number]

const promptRow = (prompt: Listed): readonly string[] => [
  code(prompt.name),
  prompt.description,
  prompt.arguments.map(({ name, required }) => code(required ? name : `[${name}]`)).join(' '),
]
