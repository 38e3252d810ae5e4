import type { StdioEntry } from '../domain/catalogue-entry.ts'
import { exactly } from '../domain/catalogue-entry.ts'

// Servers that work on files and data of this machine and need no network.

const FOLDERS = 'Folder that it may use, as a whole path; give it several times for several.'

const filesystem: StdioEntry = {
  kind: 'stdio',
  key: 'filesystem',
  slug: 'files',
  title: 'Files',
  about: 'Reads, writes, searches and moves files below chosen folders.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      '@modelcontextprotocol/server-filesystem@2026.8.31',
      'kKaFkyAh6oipvc9+EAbJ552JafnMnOq5nzmzWkp1jJdBhTAAGpmIpWihUG1+rfNhmEFM98gUZDdCHCDD4v6a7Q==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [
    { name: 'folder', about: FOLDERS, kind: 'folder', required: true, many: true, use: 'write' },
  ],
  argv: [{ parameter: 'folder' }],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['reads_files', 'writes_files'],
  offline: true,
  rules: { reads: 'private', untrusted: false, egress: 'none' },
  tools: {
    measured: { count: 14, tokens: 1_650 },
    effects: {
      read: [
        'read_file', 'read_text_file', 'read_media_file', 'read_multiple_files', 'list_directory',
        'list_directory_with_sizes', 'directory_tree', 'search_files', 'get_file_info',
        'list_allowed_directories',
      ], // biome-ignore format: a list of names
      write: ['edit_file', 'create_directory', 'move_file'],
      destroy: ['write_file'],
    },
  },
  notes: [
    'Everybody who may use it sees all of its folders; make one server for each circle of people.',
    'Roots of a client would replace its folders: they must never be passed on to it.',
  ],
}

const memory: StdioEntry = {
  kind: 'stdio',
  key: 'memory',
  slug: 'memory',
  title: 'Knowledge graph',
  about: 'Keeps entities, relations and observations in one file.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      '@modelcontextprotocol/server-memory@2026.8.31',
      'ljj/3S4aGjxdNSQWw6gucKKGnTLdBPWxzapyY/MT2tOVyZwvxChvevXSLPwx59nKJAlVpUVW+cOlnVRXRwiqMQ==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [],
  argv: [],
  environment: { MEMORY_FILE_PATH: { data: 'memory.jsonl' } },
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['keeps_data'],
  offline: true,
  rules: { reads: 'private', untrusted: true, egress: 'none' },
  tools: {
    measured: { count: 9, tokens: 891 },
    effects: {
      read: ['read_graph', 'search_nodes', 'open_nodes'],
      write: ['create_entities', 'create_relations', 'add_observations'],
      destroy: ['delete_entities', 'delete_observations', 'delete_relations'],
    },
  },
  notes: [
    'It rewrites its one file at every change, so a second process would lose changes.',
    'One graph for all who use it: what an agent has read outside may come back as a memory.',
  ],
}

const memoryBank: StdioEntry = {
  kind: 'stdio',
  key: 'memory-bank',
  slug: 'memory-bank',
  title: 'Memory bank',
  about: 'Keeps Markdown notes by project.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      '@allpepper/memory-bank-mcp@0.2.2',
      'zgLDu5L0CuLmVokOUD6ZTkViScSppFmJJxF/bJJVb3mVWZkc3RoVBP/MNBW1aafKbV8yRmkE0OBFUCY5Tmkmtg==',
    ),
    bin: 'dist/main/index.js',
  },
  parameters: [
    {
      name: 'folder',
      about: 'Folder of the notes, as a whole path: one folder in it for each project.',
      kind: 'folder',
      required: true,
      use: 'write',
    },
  ],
  argv: [],
  environment: { MEMORY_BANK_ROOT: { parameter: 'folder' } },
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['reads_files', 'writes_files', 'keeps_data'],
  offline: true,
  rules: { reads: 'private', untrusted: true, egress: 'none' },
  tools: {
    measured: { count: 5, tokens: 321 },
    effects: {
      read: ['list_projects', 'list_project_files', 'memory_bank_read'],
      write: ['memory_bank_write', 'memory_bank_update'],
    },
  },
  notes: ['An update replaces a whole note; there is no history.'],
}

const thinking: StdioEntry = {
  kind: 'stdio',
  key: 'sequential-thinking',
  slug: 'thinking',
  title: 'Sequential thinking',
  about: 'Lets a model write its steps down one by one; it changes nothing.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      '@modelcontextprotocol/server-sequential-thinking@2026.8.31',
      '/EMH++1j2e+VmHwpibw1IUPHxA0tcQY09Yo5/OIPwW/8irEKLAufJNGSZQhCK18n8TUvV6WwZyQOuaDKxe/CeQ==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [],
  argv: [],
  environment: { DISABLE_THOUGHT_LOGGING: 'true' },
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'session',
  isolation: 'if_there',
  risks: [],
  offline: true,
  rules: { reads: 'public', untrusted: false, egress: 'none' },
  tools: { measured: { count: 1, tokens: 862 }, effects: { read: ['sequentialthinking'] } },
  notes: ['It counts the steps of everybody it serves together, so each session gets its own.'],
}

const everything: StdioEntry = {
  kind: 'stdio',
  key: 'everything',
  slug: 'everything',
  title: 'Everything',
  about: 'Shows every feature of the protocol: for tests of clients and of this hub.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      '@modelcontextprotocol/server-everything@2026.8.31',
      '5U3OZh8Xq0Li4nA26l6uNvV9/1suMDuWSn+NjLZIhzinhMY6N3A4DCrxVecBGPf2PsNFKTEv5krxGPRwzxc7jQ==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [],
  argv: [],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'session',
  isolation: 'if_there',
  risks: ['uses_network'],
  offline: true,
  rules: { reads: 'public', untrusted: false, egress: 'none' },
  tools: {
    measured: { count: 13, tokens: 1_075 },
    effects: {
      read: [
        'echo', 'get-annotated-message', 'get-env', 'get-resource-links', 'get-sum',
        'get-resource-reference', 'get-structured-content', 'get-tiny-image',
        'trigger-long-running-operation', 'simulate-research-query',
      ], // biome-ignore format: a list of names
      write: ['gzip-file-as-resource', 'toggle-simulated-logging', 'toggle-subscriber-updates'],
    },
    rules: { 'gzip-file-as-resource': { untrusted: true, egress: 'external' } },
  },
  notes: [
    'For tests only. get-env gives back its environment, so it shows that nothing leaks into it.',
    'It offers more tools to clients that declare sampling, elicitation or roots.',
  ],
}

/** Lists the entries for files and data of this machine. */
export const FILE_ENTRIES: readonly StdioEntry[] = [
  filesystem,
  memory,
  memoryBank,
  thinking,
  everything,
]
