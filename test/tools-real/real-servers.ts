import { join } from 'node:path'
import type { Place } from './place.ts'

// Real servers of the catalogue and one real call of each. The same list runs directly against
// the installed programs and through the hub.

/** A server of the catalogue with what it is given and what it is asked. */
export type RealServer = Readonly<{
  key: string
  parameters?: (place: Place) => Readonly<Record<string, string>>
  secret?: (place: Place) => string
  tool: string
  args: (place: Place) => Readonly<Record<string, unknown>>
  /** What the text of the answer holds. */
  answer: string
  /** The answer is a refusal of the server. */
  isError?: true
  /** A second call, where the first one only prepares. */
  next?: Readonly<{ tool: string; args: Readonly<Record<string, unknown>>; answer: string }>
}>

/** Servers of which a call is proven. */
export const REAL_SERVERS: readonly RealServer[] = [
  {
    key: 'filesystem',
    parameters: ({ files }) => ({ folder: files }),
    tool: 'read_text_file',
    args: ({ files }) => ({ path: join(files, 'motto.txt') }),
    answer: 'Many hands, one hall.',
  },
  {
    key: 'memory',
    tool: 'create_entities',
    args: () => ({
      entities: [{ name: 'Ada', entityType: 'person', observations: ['keeps the keys'] }],
    }),
    answer: 'keeps the keys',
    next: { tool: 'search_nodes', args: { query: 'Ada' }, answer: 'keeps the keys' },
  },
  {
    key: 'sequential-thinking',
    tool: 'sequentialthinking',
    args: () => ({
      thought: 'First the roof.',
      nextThoughtNeeded: false,
      thoughtNumber: 1,
      totalThoughts: 1,
    }),
    answer: '"thoughtHistoryLength": 1',
  },
  { key: 'everything', tool: 'echo', args: () => ({ message: 'hall' }), answer: 'Echo: hall' },
  {
    key: 'memory-bank',
    parameters: ({ notes }) => ({ folder: notes }),
    tool: 'memory_bank_write',
    args: () => ({ projectName: 'hall', fileName: 'roof.md', content: '# Roof' }),
    answer: 'roof.md written successfully',
    next: {
      tool: 'memory_bank_read',
      args: { projectName: 'hall', fileName: 'roof.md' },
      answer: '# Roof',
    },
  },
  {
    key: 'git',
    parameters: ({ repositories }) => ({ folder: repositories }),
    tool: 'git_log',
    args: ({ repository }) => ({ path: repository }),
    answer: 'Lay the first stone',
  },
  {
    key: 'ripgrep',
    parameters: ({ files }) => ({ folder: files }),
    tool: 'search',
    args: ({ files }) => ({ pattern: 'one h.ll', path: files }),
    answer: 'Many hands, one hall.',
  },
  {
    key: 'playwright',
    parameters: ({ browser }) => ({ browser }),
    tool: 'browser_navigate',
    args: ({ pageUrl }) => ({ url: pageUrl }),
    answer: 'Guild page',
    next: { tool: 'browser_snapshot', args: {}, answer: 'heading "Town hall"' },
  },
  {
    key: 'chrome-devtools',
    parameters: ({ browser }) => ({ browser }),
    tool: 'navigate_page',
    args: ({ pageUrl }) => ({ url: pageUrl }),
    answer: 'Guild page',
    next: { tool: 'take_snapshot', args: {}, answer: 'heading "Town hall"' },
  },
  {
    key: 'dbhub',
    parameters: ({ data }) => ({ folder: data }),
    secret: ({ database }) => `sqlite://${database}`,
    tool: 'execute_sql',
    args: () => ({ sql: 'select name from stone where id = 1' }),
    answer: '"name": "oak"',
  },
  {
    key: 'ssh',
    parameters: ({ sshConfig }) => ({ config: sshConfig }),
    tool: 'read-command',
    args: ({ files }) => ({ command: `cat ${join(files, 'motto.txt')}` }),
    answer: 'Many hands, one hall.',
  },
  {
    key: 'nx',
    parameters: ({ workspace }) => ({ workspace }),
    tool: 'nx_workspace_path',
    args: () => ({}),
    answer: 'workspace',
  },
  {
    key: 'github-project-manager',
    parameters: () => ({ owner: 'guild', repository: 'hall' }),
    secret: () => 'not-a-token',
    tool: 'discover_tools',
    args: () => ({ query: 'issue' }),
    answer: 'manage_issues',
  },
  {
    key: 'http-fetch',
    tool: 'fetch_txt',
    args: ({ pageUrl }) => ({ url: pageUrl }),
    answer: 'blocked request to private address',
    isError: true,
  },
]

/** Servers that start and list their tools here; their calls need an account or the network. */
export const LISTED_SERVERS: readonly Pick<RealServer, 'key' | 'parameters' | 'secret'>[] = [
  { key: 'ddg' },
  { key: 'context7' },
  { key: 'figma', secret: () => 'not-a-token' },
  {
    key: 'atlassian',
    parameters: () => ({ site: 'https://guild.atlassian.net', email: 'ada@example.test' }),
    secret: () => 'not-a-token',
  },
]

// Installed from the registry anew on every machine: a few of each run, all of a long one.
const EVERY_RUN: ReadonlySet<string> = new Set(['filesystem', 'memory', 'everything', 'git'])

/** Servers of which this run proves a call. */
export const SHOWN_SERVERS: readonly RealServer[] =
  process.env['TEST_LONG'] === '1'
    ? REAL_SERVERS
    : REAL_SERVERS.filter(({ key }) => EVERY_RUN.has(key))
