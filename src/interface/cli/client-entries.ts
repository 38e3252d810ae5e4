import path from 'node:path'
import type { CliEnv } from './session.ts'

/** A value in a client's configuration. */
export type Entry = Readonly<Record<string, unknown>>

/** One place in a configuration file and what belongs there. */
export type Placed = Readonly<{ at: readonly (string | number)[]; value: unknown }>

/** One agent program: where it keeps its servers, and how it writes ours. */
export type Client = Readonly<{
  name: string
  title: string
  format: 'json' | 'toml'
  /** Files it may be kept in, best first; a new one is made under the first. */
  files: (env: CliEnv) => readonly string[]
  /** The path of our entry; `existing` is the file's content as it stands. */
  at: (existing: unknown) => readonly string[]
  stdio: (bridge: Bridge) => Entry
  http: (url: string, existing: unknown) => Entry
  /** More that the HTTP entry needs elsewhere in the file; left alone where it is there. */
  beside?: Readonly<{ list: string; id: string; value: Entry }>
}>

/** The command that runs the bridge. */
export type Bridge = Readonly<{ command: string; args: readonly string[] }>

const KEY = 'GUILDHALL_KEY'
const TIMEOUT_MS = 120_000

const bearer = (reference: string): Entry => ({ Authorization: `Bearer ${reference}` })
const plainStdio = ({ command, args }: Bridge): Entry => ({ command, args })
const inFolder =
  (...steps: readonly string[]) =>
  (env: CliEnv): readonly string[] => [path.join(env.cwd, ...steps)]

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined

// opencode 2 moved its servers one level down; a file that has that level is of version 2.
const isOpencode2 = (existing: unknown): boolean => {
  const servers = member(member(existing, 'mcp'), 'servers')
  return typeof servers === 'object' && servers !== null && member(servers, 'type') === undefined
}

const CLAUDE_CODE: Client = {
  name: 'claude-code',
  title: 'Claude Code',
  format: 'json',
  files: inFolder('.mcp.json'),
  at: () => ['mcpServers', 'guildhall'],
  stdio: plainStdio,
  http: (url) => ({ type: 'http', url, headers: bearer(`\${${KEY}}`) }),
}

const CODEX: Client = {
  name: 'codex',
  title: 'Codex',
  format: 'toml',
  files: (env) => [path.join(env.userHome, '.codex', 'config.toml')],
  at: () => ['mcp_servers', 'guildhall'],
  stdio: plainStdio,
  http: (url) => ({ url, bearer_token_env_var: KEY, tool_timeout_sec: TIMEOUT_MS / 1000 }),
}

const CURSOR: Client = {
  name: 'cursor',
  title: 'Cursor',
  format: 'json',
  files: inFolder('.cursor', 'mcp.json'),
  at: () => ['mcpServers', 'guildhall'],
  stdio: plainStdio,
  http: (url) => ({ url, headers: bearer(`\${env:${KEY}}`) }),
}

const VSCODE: Client = {
  name: 'vscode',
  title: 'VS Code',
  format: 'json',
  files: inFolder('.vscode', 'mcp.json'),
  at: () => ['servers', 'guildhall'],
  stdio: (bridge) => ({ type: 'stdio', ...plainStdio(bridge) }),
  http: (url) => ({ type: 'http', url, headers: bearer(`\${input:gh}`) }),
  beside: {
    list: 'inputs',
    id: 'gh',
    value: { id: 'gh', type: 'promptString', password: true, description: 'Guildhall key' },
  },
}

const GEMINI: Client = {
  name: 'gemini',
  title: 'Gemini CLI',
  format: 'json',
  files: inFolder('.gemini', 'settings.json'),
  at: () => ['mcpServers', 'guildhall'],
  stdio: plainStdio,
  http: (httpUrl) => ({ httpUrl, headers: bearer(`$${KEY}`), timeout: TIMEOUT_MS }),
}

const OPENCODE: Client = {
  name: 'opencode',
  title: 'opencode',
  format: 'json',
  files: (env) => [path.join(env.cwd, 'opencode.json'), path.join(env.cwd, 'opencode.jsonc')],
  at: (existing) =>
    isOpencode2(existing) ? ['mcp', 'servers', 'guildhall'] : ['mcp', 'guildhall'],
  stdio: ({ command, args }) => ({ type: 'local', command: [command, ...args] }),
  http: (url, existing) => ({
    type: 'remote',
    url,
    headers: bearer(`{env:${KEY}}`),
    oauth: false,
    timeout: isOpencode2(existing) ? { request: TIMEOUT_MS } : TIMEOUT_MS,
  }),
}

/** Lists the agent programs we can write configuration for. */
export const CLIENTS: readonly Client[] = [CLAUDE_CODE, CODEX, CURSOR, VSCODE, GEMINI, OPENCODE]
