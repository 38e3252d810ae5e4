import type { StdioEntry } from '../domain/catalogue-entry.ts'
import { exactly } from '../domain/catalogue-entry.ts'

// Servers that reach into databases, machines and containers, and the swarms.

const dbhub: StdioEntry = {
  kind: 'stdio',
  key: 'dbhub',
  slug: 'database',
  title: 'Databases',
  about: 'Reads and changes a PostgreSQL, MySQL, MariaDB, SQL Server, Oracle or SQLite database.',
  names: ['postgres', 'sqlite', 'mysql'],
  proof: 'called',
  enabled: true,
  era: 'modern',
  package: {
    ...exactly(
      '@bytebase/dbhub@1.4.0',
      'oZXG3m1gUzYr1zBkVUoT73ItMJsmliOpH5MT9iMUD2t0pbEXytdy8J6m3dOFyMaf5UEVNiKIHKzxylR3RYgf9A==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [
    {
      name: 'folder',
      about: 'Folder of the file, if the database is a file of SQLite.',
      kind: 'folder',
      use: 'write',
    },
  ],
  argv: ['--transport', 'stdio'],
  environment: {},
  auth: { kind: 'env', name: 'DSN' },
  credential: 'shared',
  secret: {
    about: 'Where the database is, with user and password, like postgres://user:pw@host/name.',
  },
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['reads_database', 'writes_database', 'uses_network'],
  offline: true,
  rules: { reads: 'sensitive', untrusted: true, egress: 'internal' },
  tools: {
    measured: { count: 2, tokens: 272 },
    effects: { read: ['search_objects'], destroy: ['execute_sql'] },
  },
  notes: [
    'execute_sql does whatever the user of the database may do: give it one that only reads.',
    'A file of SQLite is named with three slashes: sqlite:///srv/data/shop.db.',
  ],
}

const ssh: StdioEntry = {
  kind: 'stdio',
  key: 'ssh',
  slug: 'ssh',
  title: 'SSH',
  about: 'Runs commands and moves files on machines that its configuration names.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'ssh-mcp@2.11.0',
      'Ipn3jFDWVYbXMmsZc/A6v3/Qjj/eV8vcH/X5QmxXVihL8FZtw8SPDAM8vaqCeHSZbP3IWYTXO38Z8LV5hzPcpA==',
    ),
    bin: 'build/index.js',
  },
  parameters: [
    {
      name: 'config',
      about: 'Its config.toml: hosts, users, key files and the fingerprint of each host.',
      kind: 'file',
      required: true,
      use: 'read',
    },
  ],
  argv: [{ parameter: 'config', before: '--config=' }, '--hostKeyMode=strict'],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'principal',
  isolation: 'no',
  risks: ['runs_programs', 'uses_network', 'reads_files', 'writes_files'],
  offline: true,
  rules: { reads: 'sensitive', untrusted: true, egress: 'internal' },
  tools: {
    measured: { count: 14, tokens: 1_909 },
    effects: {
      read: [
        'list-connections', 'list-sessions', 'read-session-output', 'read-command',
        'sftp-download', 'sftp-list',
      ], // biome-ignore format: a list of names
      write: ['open-session', 'close-session', 'sftp-download-file'],
      destroy: [
        'run-command', 'privileged-command', 'signal-process', 'sftp-upload', 'sftp-upload-file',
      ], // biome-ignore format: a list of names
    },
    preset: [
      'list-connections', 'list-sessions', 'read-command', 'run-command', 'sftp-list',
      'sftp-download',
    ], // biome-ignore format: a list of names
  },
  notes: [
    'Only hosts whose key is pinned (trustedHostKey) are reached: it forgets keys between starts.',
    'The file must be readable by the account of the hub alone (600), its folder too (700).',
    'It asks its own approval for dangerous commands, which clients without forms cannot give.',
    'It signs in with key files that its configuration names; passwords are not passed on.',
    'Never name root or an account that may become root.',
  ],
}

const docker: StdioEntry = {
  kind: 'stdio',
  key: 'docker',
  slug: 'docker',
  title: 'Docker containers',
  about: 'Runs commands inside containers that you name.',
  proof: 'listed',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'mcp-server-docker@1.0.0',
      '7uMiuUVOkxtn9fhD8vatYjWB2J7yEM4alIAhhORj28mBoQIld+wjUx21HKIsL1SyZa+EKiv4vZaiBLmoWSJWPA==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [
    {
      name: 'containers',
      about: 'Names and containers, parted by commas, like web:shop-web-1,db:shop-db-1.',
      kind: 'text',
      required: true,
      pattern: /^[\w.-]+:[\w.-]+(,[\w.-]+:[\w.-]+)*$/,
    },
    {
      name: 'service',
      about: 'The one of these names that is meant if a call names none.',
      kind: 'text',
      required: true,
      pattern: /^[\w.-]+$/,
    },
  ],
  argv: [],
  environment: {
    ALLOWED_CONTAINERS: { parameter: 'containers' },
    DEFAULT_SERVICE: { parameter: 'service' },
  },
  auth: { kind: 'none' },
  credential: 'none',
  needs: [{ title: 'Docker', programs: ['docker'], install: 'apt install docker.io' }],
  instances: 'credential',
  isolation: 'no',
  risks: ['runs_programs'],
  offline: true,
  rules: { reads: 'private', untrusted: true, egress: 'internal' },
  tools: { measured: { count: 1, tokens: 75 }, effects: { destroy: ['run_command'] } },
  notes: [
    'The account of the hub needs the socket of Docker, which is as good as being root.',
    'Tried only up to the answer that no Docker is running.',
  ],
}

const claudeFlow: StdioEntry = {
  kind: 'stdio',
  key: 'claude-flow',
  slug: 'claude-flow',
  title: 'Claude Flow',
  about: 'Swarms, tasks, memories and hooks of claude-flow.',
  proof: 'listed',
  enabled: false,
  era: 'legacy',
  package: {
    ...exactly(
      'claude-flow@3.43.0',
      'qaONGM4PdXHstuoXWUjVHlhJdFoNrn9TfWSVT7msEod8By5yMZpc86ww0a9l1qppyYqCG4TvsVaV7XvWnFJd/g==',
    ),
    bin: 'bin/cli.js',
  },
  parameters: [],
  argv: ['mcp', 'start'],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'principal',
  isolation: 'required',
  risks: ['reads_files', 'writes_files', 'keeps_data', 'runs_programs', 'uses_network'],
  offline: true,
  rules: { reads: 'private', untrusted: true, egress: 'external' },
  tools: { measured: { count: 353, tokens: 57_088 }, effects: {} },
  notes: [
    'Off after adding: 353 tools would cost every agent 57,000 tokens. Use it by tool search only.',
    'It takes 1.4 GB of disk. Parts that are compiled by install scripts are missing.',
    'Boards, claims and sprints of the hall do most of this with a record and rights.',
  ],
}

const ruvSwarm: StdioEntry = {
  kind: 'stdio',
  key: 'ruv-swarm',
  slug: 'ruv-swarm',
  title: 'ruv-swarm',
  about: 'Swarms of small neural agents.',
  proof: 'broken',
  enabled: false,
  era: 'legacy',
  package: {
    ...exactly(
      'ruv-swarm@1.0.20',
      'IKf4qPxG4AN+ZBHUkOlGjTHzX6lM4kYBXcBXPXWskqqanup0n5t6/9TJkmb3L/sheMQKQFQLVJlEqZrrdE1R2Q==',
    ),
    bin: 'bin/ruv-swarm-secure.js',
  },
  parameters: [],
  argv: ['mcp', 'start'],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'principal',
  isolation: 'required',
  risks: ['keeps_data', 'runs_programs', 'uses_network'],
  offline: true,
  rules: { reads: 'private', untrusted: true, egress: 'external' },
  tools: { measured: null, effects: {} },
  notes: [
    'It does not start: it needs better-sqlite3, which is compiled by an install script, and the ' +
      'hub runs no install scripts.',
  ],
}

/** Lists the programs that reach into systems. */
export const SYSTEM_ENTRIES: readonly StdioEntry[] = [dbhub, ssh, docker, claudeFlow, ruvSwarm]
