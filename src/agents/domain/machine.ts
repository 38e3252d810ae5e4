// What the hub looks for on its own machine when its operator asks: agent programs, the servers of
// tools that they know, and repositories with a backlog. Names only: settings hold secrets.

/** An agent program, the commands it goes by, and where its settings name servers of tools. */
export type Program = Readonly<{
  name: string
  title: string
  commands: readonly string[]
  /** The steps from the home folder to the file. */
  settings: readonly string[]
  format: 'json' | 'toml'
  /** The field of the settings in which its servers stand. */
  servers: string
}>

/** Lists the agent programs that are looked for. */
export const PROGRAMS: readonly Program[] = [
  {
    ...{ name: 'claude-code', title: 'Claude Code', commands: ['claude'] },
    ...{ settings: ['.claude.json'], format: 'json', servers: 'mcpServers' },
  },
  {
    ...{ name: 'codex', title: 'Codex', commands: ['codex'] },
    ...{ settings: ['.codex', 'config.toml'], format: 'toml', servers: 'mcp_servers' },
  },
  {
    ...{ name: 'cursor', title: 'Cursor', commands: ['cursor-agent', 'cursor'] },
    ...{ settings: ['.cursor', 'mcp.json'], format: 'json', servers: 'mcpServers' },
  },
  {
    ...{ name: 'vscode', title: 'VS Code', commands: ['code'] },
    ...{ settings: ['.config', 'Code', 'User', 'mcp.json'], format: 'json', servers: 'servers' },
  },
  {
    ...{ name: 'gemini', title: 'Gemini CLI', commands: ['gemini'] },
    ...{ settings: ['.gemini', 'settings.json'], format: 'json', servers: 'mcpServers' },
  },
  {
    ...{ name: 'opencode', title: 'opencode', commands: ['opencode'] },
    ...{ settings: ['.config', 'opencode', 'opencode.json'], format: 'json', servers: 'mcp' },
  },
]

/** A kind of backlog that can be imported. */
export type BacklogSource = 'beads' | 'backlog-md'

/** What was found; `cut` where there was more to look at than one look takes. */
export type Findings = Readonly<{
  programs: readonly Readonly<{ name: string; title: string; installed: boolean }>[]
  servers: readonly Readonly<{ name: string; program: string; kind: 'command' | 'address' }>[]
  repositories: readonly Readonly<{ path: string; name: string; backlog: BacklogSource | null }>[]
  cut: boolean
}>

/** A file of a backlog, by its path below the backlog's folder. */
export type BacklogFile = Readonly<{ path: string; text: string }>

/** Names the servers of tools in the settings of an agent program, and how they are reached. */
export const serversIn = (
  settings: unknown,
  { servers }: Pick<Program, 'servers'>,
): readonly Readonly<{ name: string; kind: 'command' | 'address' }>[] => {
  const place = member(settings, servers)
  // opencode 2 has its servers one level further down.
  const nested = member(place, 'servers')
  const table = typeof nested === 'object' && nested !== null ? nested : place
  if (typeof table !== 'object' || table === null || Array.isArray(table)) return []
  return Object.entries(table).flatMap(([name, entry]) => {
    if (name === 'guildhall' || typeof entry !== 'object' || entry === null) return []
    const isFar = ['url', 'httpUrl', 'serverUrl'].some((word) => word in entry)
    return [{ name, kind: isFar ? ('address' as const) : ('command' as const) }]
  })
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined

/** Names the tables of a kind in a text of TOML, with the keys that stand in each. */
export const tomlTables = (text: string, kind: string): Readonly<Record<string, object>> => {
  const found: Record<string, Record<string, true>> = {}
  let current: Record<string, true> | null = null
  for (const line of text.split(/\r?\n/)) {
    const [, table] = /^\s*\[\s*([^\]]+?)\s*\]\s*(?:#.*)?$/.exec(line) ?? []
    if (table !== undefined) {
      const [head, name, ...rest] = table.split('.').map((part) => part.replace(/^"(.*)"$/, '$1'))
      const isOurs = head === kind && name !== undefined && rest.length === 0
      current = isOurs ? (found[name] ??= {}) : null
      continue
    }
    const [, key] = /^\s*"?([A-Za-z0-9_-]+)"?\s*=/.exec(line) ?? []
    if (current !== null && key !== undefined) current[key] = true
  }
  return found
}
