import { type Line, UpstreamFault } from '../../platform/mcp/line.ts'
import type { Found } from '../application/hub-ports.ts'
import type { DefinitionKind, Json } from '../application/hub-records.ts'
import { DEFINITIONS_MAX } from '../domain/upstream.ts'

/** Milliseconds for one page of a list. */
const PAGE_MS = 15_000
/** Pages of one list: a server that never comes to an end is cut off. */
const PAGES_MAX = 100
/** Characters of instructions that are kept. */
const INSTRUCTIONS_MAX = 4_096

type List = Readonly<{
  method: string
  member: string
  kind: DefinitionKind
  named: string
  capability: string
}>

const LISTS: readonly List[] = [
  { method: 'tools/list', member: 'tools', kind: 'tool', named: 'name', capability: 'tools' },
  {
    ...{ method: 'prompts/list', member: 'prompts', kind: 'prompt', named: 'name' },
    capability: 'prompts',
  },
  {
    ...{ method: 'resources/list', member: 'resources', kind: 'resource', named: 'uri' },
    capability: 'resources',
  },
  {
    ...{ method: 'resources/templates/list', member: 'resourceTemplates', kind: 'template' },
    ...{ named: 'uriTemplate', capability: 'resources' },
  },
]

/** Asks a server for all that it offers, list by list; what it does not offer is empty. */
export const discovered = async (line: Line, signal: AbortSignal): Promise<Found> => {
  const { about } = line
  const found = await Promise.all(
    LISTS.filter(({ capability }) => capability in about.capabilities).map((list) =>
      wholeList(line, list, signal),
    ),
  )
  return {
    server: `${about.server.name} ${about.server.version}`.slice(0, 200),
    era: about.era,
    instructions: about.instructions?.slice(0, INSTRUCTIONS_MAX) ?? null,
    capabilities: about.capabilities,
    definitions: found.flat().slice(0, DEFINITIONS_MAX),
  }
}

const wholeList = async (
  line: Line,
  list: List,
  signal: AbortSignal,
): Promise<Found['definitions']> => {
  const all: Found['definitions'][number][] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES_MAX && all.length < DEFINITIONS_MAX; page += 1) {
    const result = await onePage(line, list, { signal, cursor })
    for (const body of listIn(result, list.member)) {
      const name = body[list.named]
      if (typeof name === 'string' && name !== '') all.push({ kind: list.kind, name, body })
    }
    const { nextCursor } = result
    if (typeof nextCursor !== 'string' || nextCursor === cursor) break
    cursor = nextCursor
  }
  return unique(all)
}

const onePage = async (
  line: Line,
  { method }: List,
  { signal, cursor }: Readonly<{ signal: AbortSignal; cursor: string | undefined }>,
): Promise<Json> => {
  const params = cursor === undefined ? {} : { cursor }
  try {
    return await line.request({ method, params, capabilities: {}, timeoutMs: PAGE_MS, signal })
  } catch (error) {
    // Some declare a list and do not have it: it is empty then.
    if (error instanceof UpstreamFault && error.code === -32601) return {}
    throw error
  }
}

const listIn = (result: Json, member: string): readonly Json[] => {
  const list = result[member]
  return Array.isArray(list) ? list.filter(isObject) : []
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// The first of a name counts: a second could only be there to take its place.
const unique = (all: Found['definitions']): Found['definitions'] => {
  const seen = new Set<string>()
  return all.filter(({ name }) => {
    const isNew = !seen.has(name)
    seen.add(name)
    return isNew
  })
}
