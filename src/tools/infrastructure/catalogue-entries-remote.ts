import type { AbsentEntry, HttpEntry, OpenApiEntry } from '../domain/catalogue-entry.ts'

// Servers that others run, services that describe themselves, and names without a package.

const github: HttpEntry = {
  kind: 'http',
  key: 'github',
  slug: 'github',
  title: 'GitHub',
  about: 'Repositories, issues and pull requests, by the server that GitHub runs.',
  proof: 'unseen',
  enabled: true,
  era: 'auto',
  url: 'https://api.githubcopilot.com/mcp/',
  parameters: [],
  auth: { kind: 'bearer' },
  credential: 'person',
  secret: {
    about: 'A fine-grained personal access token, made at github.com/settings/tokens.',
  },
  risks: ['uses_network', 'changes_accounts'],
  offline: false,
  rules: { reads: 'private', untrusted: true, egress: 'external' },
  tools: { measured: null, effects: {} },
  notes: [
    'In place of @modelcontextprotocol/server-github, which nobody maintains since April 2025.',
    'Not tried where this catalogue was made: look at each of its tools before you approve it.',
  ],
}

const REPOSITORY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

const gitmcp: HttpEntry = {
  kind: 'http',
  key: 'gitmcp',
  slug: 'gitmcp',
  title: 'GitMCP of one repository',
  about: 'Documentation and code of one public GitHub repository, by gitmcp.io.',
  names: ['gitmcp-sutazai', 'gitmcp-anthropic'],
  proof: 'unseen',
  enabled: true,
  era: 'auto',
  url: 'https://gitmcp.io/{owner}/{repository}',
  parameters: [
    {
      name: 'owner',
      about: 'Owner of the repository on GitHub, like anthropics.',
      kind: 'text',
      required: true,
      pattern: REPOSITORY_NAME,
    },
    {
      name: 'repository',
      about: 'Name of the repository on GitHub.',
      kind: 'text',
      required: true,
      pattern: REPOSITORY_NAME,
    },
  ],
  auth: { kind: 'none' },
  credential: 'none',
  risks: ['uses_network'],
  offline: false,
  rules: { reads: 'public', untrusted: true, egress: 'external' },
  tools: { measured: null, effects: {} },
  notes: [
    'Not tried where this catalogue was made. For repositories on this machine use git.',
    'A third party sees every question.',
  ],
}

const gitmcpDocs: HttpEntry = {
  ...gitmcp,
  key: 'gitmcp-docs',
  slug: 'gitmcp-docs',
  title: 'GitMCP of any repository',
  about: 'Documentation and code of whichever public GitHub repository is asked for, by gitmcp.io.',
  names: [],
  url: 'https://gitmcp.io/docs',
  parameters: [],
}

const openApiService: OpenApiEntry = {
  kind: 'openapi',
  key: 'openapi-service',
  slug: 'service',
  title: 'A service with an OpenAPI document',
  about: 'Offers the operations of any service that has an OpenAPI 3 document as tools.',
  names: ['openapi'],
  proof: 'unseen',
  enabled: true,
  documentUrl: '{document}',
  baseUrl: '{base}',
  parameters: [
    {
      name: 'document',
      about: 'Address of the OpenAPI 3.0 or 3.1 document.',
      kind: 'url',
      required: true,
    },
    {
      name: 'base',
      about: 'Address that all operations begin with; calls go nowhere else.',
      kind: 'url',
      required: true,
    },
  ],
  auth: { kind: 'none' },
  credential: 'none',
  risks: ['uses_network'],
  offline: false,
  rules: {},
  tools: { measured: null, effects: {} },
  notes: [
    'Not tried beyond services of our own.',
    'For a service that wants a token, add it by its address instead: guildhall tool-server add.',
  ],
}

const extendedMemory: AbsentEntry = {
  kind: 'absent',
  key: 'extended-memory',
  title: 'Extended memory',
  about: 'A Python program; npm has no package of this name.',
  instead: ['memory', 'memory-bank'],
}

/** Lists the servers that others run. */
export const REMOTE_ENTRIES: readonly (HttpEntry | OpenApiEntry)[] = [
  github,
  gitmcp,
  gitmcpDocs,
  openApiService,
]

/** Lists the names that no package stands behind. */
export const ABSENT_ENTRIES: readonly AbsentEntry[] = [extendedMemory]
