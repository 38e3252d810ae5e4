// The agent programs that we know how to connect: what stands in their configuration. The command
// line writes it into their files; the web page shows it to be copied.

/** A value in a client's configuration. */
export type Entry = Readonly<Record<string, unknown>>

/** One agent program: how it writes our entry, and where its file lies. */
export type AgentClient = Readonly<{
  name: string
  title: string
  format: 'json' | 'toml'
  /** The folder its file is in: where one works, or one's own. */
  base: 'work' | 'home'
  /** Files it may be kept in below that folder, best first. */
  paths: readonly (readonly string[])[]
  /** The path of our entry; `existing` is the file's content as it stands. */
  at: (existing: unknown) => readonly string[]
  stdio: (bridge: Bridge) => Entry
  http: (url: string, existing: unknown) => Entry
  /** The command of the program itself that writes the same, where it has one. */
  add?: (url: string) => string
  /** More that the HTTP entry needs elsewhere in the file; left alone where it is there. */
  beside?: Readonly<{ list: string; id: string; value: Entry }>
}>

/** The command that runs the bridge. */
export type Bridge = Readonly<{ command: string; args: readonly string[] }>

/** The variable in which clients look for the agent's key. */
const KEY_VARIABLE = 'GUILDHALL_KEY'

const TIMEOUT_MS = 120_000

const bearer = (reference: string): Entry => ({ Authorization: `Bearer ${reference}` })
const plainStdio = ({ command, args }: Bridge): Entry => ({ command, args })

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined

// opencode 2 moved its servers one level down; a file that has that level is of version 2. It reads
// files of version 1 as well, so a new file is written as that.
const isOpencode2 = (existing: unknown): boolean => {
  const servers = member(member(existing, 'mcp'), 'servers')
  return typeof servers === 'object' && servers !== null && member(servers, 'type') === undefined
}

const CLAUDE_CODE: AgentClient = {
  name: 'claude-code',
  title: 'Claude Code',
  format: 'json',
  base: 'work',
  paths: [['.mcp.json']],
  at: () => ['mcpServers', 'guildhall'],
  stdio: plainStdio,
  http: (url) => ({ type: 'http', url, headers: bearer(`\${${KEY_VARIABLE}}`) }),
  // The header comes last: it takes every word after it for one more header.
  add: (url) =>
    `claude mcp add --scope project --transport http guildhall ${url} ` +
    `--header 'Authorization: Bearer \${${KEY_VARIABLE}}'`,
}

const CODEX: AgentClient = {
  name: 'codex',
  title: 'Codex',
  format: 'toml',
  base: 'home',
  paths: [['.codex', 'config.toml']],
  at: () => ['mcp_servers', 'guildhall'],
  stdio: plainStdio,
  http: (url) => ({ url, bearer_token_env_var: KEY_VARIABLE, tool_timeout_sec: TIMEOUT_MS / 1000 }),
  add: (url) => `codex mcp add guildhall --url ${url} --bearer-token-env-var ${KEY_VARIABLE}`,
}

const CURSOR: AgentClient = {
  name: 'cursor',
  title: 'Cursor',
  format: 'json',
  base: 'work',
  paths: [['.cursor', 'mcp.json']],
  at: () => ['mcpServers', 'guildhall'],
  stdio: plainStdio,
  http: (url) => ({ url, headers: bearer(`\${env:${KEY_VARIABLE}}`) }),
}

const VSCODE: AgentClient = {
  name: 'vscode',
  title: 'VS Code',
  format: 'json',
  base: 'work',
  paths: [['.vscode', 'mcp.json']],
  at: () => ['servers', 'guildhall'],
  stdio: (bridge) => ({ type: 'stdio', ...plainStdio(bridge) }),
  http: (url) => ({ type: 'http', url, headers: bearer(`\${input:gh}`) }),
  beside: {
    list: 'inputs',
    id: 'gh',
    value: { id: 'gh', type: 'promptString', password: true, description: 'Guildhall key' },
  },
}

const GEMINI: AgentClient = {
  name: 'gemini',
  title: 'Gemini CLI',
  format: 'json',
  base: 'work',
  paths: [['.gemini', 'settings.json']],
  at: () => ['mcpServers', 'guildhall'],
  stdio: plainStdio,
  http: (httpUrl) => ({ httpUrl, headers: bearer(`$${KEY_VARIABLE}`), timeout: TIMEOUT_MS }),
  add: (url) =>
    `gemini mcp add --scope project --transport http guildhall ${url} ` +
    `--header 'Authorization: Bearer $${KEY_VARIABLE}'`,
}

const OPENCODE: AgentClient = {
  name: 'opencode',
  title: 'opencode',
  format: 'json',
  base: 'work',
  paths: [['opencode.json'], ['opencode.jsonc']],
  at: (existing) =>
    isOpencode2(existing) ? ['mcp', 'servers', 'guildhall'] : ['mcp', 'guildhall'],
  stdio: ({ command, args }) => ({ type: 'local', command: [command, ...args] }),
  http: (url, existing) => ({
    type: 'remote',
    url,
    headers: bearer(`{env:${KEY_VARIABLE}}`),
    oauth: false,
    timeout: isOpencode2(existing) ? { request: TIMEOUT_MS } : TIMEOUT_MS,
  }),
}

/** Lists the agent programs that we can write configuration for. */
export const AGENT_CLIENTS: readonly AgentClient[] = [
  CLAUDE_CODE,
  CODEX,
  CURSOR,
  VSCODE,
  GEMINI,
  OPENCODE,
]

/** Writes a text, number, boolean or list as TOML; JSON strings are basic strings of TOML. */
export const tomlValue = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(tomlValue).join(', ')}]`
    : JSON.stringify(value).replaceAll('\u007f', '\\u007f')

/** Writes a table of TOML with its values. */
export const tomlTable = (path: readonly string[], entry: Entry): string =>
  [
    `[${path.join('.')}]`,
    ...Object.entries(entry).map(([name, value]) => `${name} = ${tomlValue(value)}`),
  ].join('\n')

/** Writes what a client's file has to hold, so that it talks to the hub at an address. */
const httpSnippet = (client: AgentClient, url: string): string => {
  const at = client.at(null)
  const entry = client.http(url, null)
  if (client.format === 'toml') return tomlTable(at, entry)
  const nested = at.reduceRight<unknown>((inner, name) => ({ [name]: inner }), entry)
  const { beside } = client
  const more = beside === undefined ? {} : { [beside.list]: [beside.value] }
  return JSON.stringify({ ...Object(nested), ...more }, null, 2)
}

/** Says what each program needs to talk to the hub at an address, for people to copy. */
export const clientTexts = (url: string) => ({
  /** The variable in which these programs look for the agent's key. */
  variable: KEY_VARIABLE,
  items: AGENT_CLIENTS.map((client) => ({
    name: client.name,
    title: client.title,
    file: fileOf(client),
    snippet: httpSnippet(client, url),
    asksForKey: client.beside !== undefined,
    add: client.add?.(url) ?? null,
    command: `guildhall connect ${client.name} --http --write`,
  })),
})

const fileOf = ({ base, paths }: AgentClient): string => {
  const path = (paths[0] ?? []).join('/')
  return base === 'home' ? `~/${path}` : path
}
