import type { StdioEntry } from '../domain/catalogue-entry.ts'
import { exactly } from '../domain/catalogue-entry.ts'

// Servers for source code: search, history, and the graph of a workspace.

const ripgrep: StdioEntry = {
  kind: 'stdio',
  key: 'ripgrep',
  slug: 'ripgrep',
  title: 'Search in code',
  about: 'Searches files by pattern with ripgrep.',
  names: ['code-index'],
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'mcp-ripgrep@0.4.0',
      'Hidvaf09d7oFgqix+Ys7v5r4o+k3kDRCUqQfRWhEvMF2bYz8j/J7T1wFfcMt/UEDaX017IaRk9seCsSR9/XynA==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [
    {
      name: 'folder',
      about: 'Folder that it may search, as a whole path; give it several times for several.',
      kind: 'folder',
      required: true,
      many: true,
      use: 'read',
    },
  ],
  argv: [],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [{ title: 'ripgrep', programs: ['rg'], install: 'apt install ripgrep' }],
  instances: 'credential',
  isolation: 'required',
  risks: ['reads_files', 'runs_programs'],
  offline: true,
  rules: { reads: 'private', untrusted: false, egress: 'none' },
  tools: {
    measured: { count: 5, tokens: 752 },
    effects: {
      read: ['search', 'advanced-search', 'count-matches', 'list-files', 'list-file-types'],
    },
  },
  notes: [
    'In place of code-index, a Python program that is not on npm. It searches without an index.',
    'It starts ripgrep through a shell and quotes arguments itself, hence the sandbox.',
    'It does not keep to its folders by itself: the sandbox lets it see no others.',
  ],
}

const git: StdioEntry = {
  kind: 'stdio',
  key: 'git',
  slug: 'git',
  title: 'Git',
  about: 'Reads and changes Git repositories below one folder.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      '@cyanheads/git-mcp-server@2.15.3',
      '+Bj0UvHAOCidGX7We1FYPXs/S751jOz6+aH44nR05BUEG4+Zu0hLLj7AjUKepqN99qHvXgqEzeSW+5utoYBQgA==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [
    {
      name: 'folder',
      about: 'Folder that holds the repositories, as a whole path.',
      kind: 'folder',
      required: true,
      use: 'write',
    },
    { name: 'authorName', about: 'Name that commits are made under.', kind: 'text' },
    { name: 'authorEmail', about: 'E-mail address that commits are made under.', kind: 'text' },
  ],
  argv: [],
  environment: {
    MCP_TRANSPORT_TYPE: 'stdio',
    MCP_LOG_LEVEL: 'error',
    GIT_BASE_DIR: { parameter: 'folder' },
    GIT_SIGN_COMMITS: 'false',
    GIT_AUTHOR_NAME: { parameter: 'authorName' },
    GIT_AUTHOR_EMAIL: { parameter: 'authorEmail' },
  },
  auth: { kind: 'none' },
  credential: 'none',
  needs: [{ title: 'Git', programs: ['git'], install: 'apt install git' }],
  instances: 'principal',
  isolation: 'if_there',
  risks: ['reads_files', 'writes_files', 'runs_programs', 'uses_network'],
  offline: true,
  rules: { reads: 'private', untrusted: true, egress: 'none' },
  tools: {
    measured: { count: 28, tokens: 7_845 },
    effects: {
      read: [
        'git_blame', 'git_changelog_analyze', 'git_diff', 'git_log', 'git_reflog', 'git_show',
        'git_status', 'git_wrapup_instructions',
      ], // biome-ignore format: a list of names
      write: [
        'git_add', 'git_branch', 'git_checkout', 'git_cherry_pick', 'git_clear_working_dir',
        'git_clone', 'git_commit', 'git_fetch', 'git_init', 'git_merge', 'git_pull', 'git_remote',
        'git_set_working_dir', 'git_stash', 'git_tag', 'git_worktree',
      ], // biome-ignore format: a list of names
      destroy: ['git_clean', 'git_push', 'git_rebase', 'git_reset'],
    },
    rules: {
      git_clone: { egress: 'external' },
      git_fetch: { egress: 'external' },
      git_pull: { egress: 'external' },
      git_push: { egress: 'external' },
      git_remote: { egress: 'external' },
    },
    preset: [
      'git_status', 'git_log', 'git_diff', 'git_show', 'git_blame', 'git_branch', 'git_add',
      'git_commit', 'git_checkout', 'git_merge',
    ], // biome-ignore format: a list of names
  },
  notes: [
    'Ten of its 28 tools are on; those that reach other machines or lose work are off.',
    'Hooks of a repository run with the rights of the server: serve only repositories you trust.',
    'It refuses paths outside its folder. Name the repository in each call.',
  ],
}

const nx: StdioEntry = {
  kind: 'stdio',
  key: 'nx',
  slug: 'nx',
  title: 'Nx workspace',
  about: 'Explains the projects, targets and generators of an Nx workspace.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'nx-mcp@0.25.0',
      'pSERsq6Cz1Yz5kddGZgTw8Cr3lyA4+YYEh4VLCYr1dfgBTzY3PtLs2uXr4O0W49ipvnM+v6lfKniyDurrVX4UA==',
    ),
    bin: 'main.js',
  },
  parameters: [
    {
      name: 'workspace',
      about: 'Folder with the nx.json, as a whole path.',
      kind: 'folder',
      required: true,
      use: 'read',
    },
  ],
  argv: [{ parameter: 'workspace' }, '--transport=stdio', '--disableTelemetry', '--minimal=false'],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['reads_files', 'runs_programs', 'uses_network'],
  offline: true,
  rules: { reads: 'private', untrusted: false, egress: 'none' },
  tools: {
    measured: { count: 7, tokens: 1_016 },
    effects: {
      read: [
        'nx_docs', 'nx_available_plugins', 'nx_workspace', 'nx_workspace_path',
        'nx_project_details', 'nx_generators', 'nx_generator_schema',
      ], // biome-ignore format: a list of names
    },
    rules: {
      nx_docs: { reads: 'public', egress: 'external' },
      nx_available_plugins: { reads: 'public', egress: 'external' },
    },
  },
  notes: [
    'Outside an Nx workspace it offers two tools only.',
    'It loads the Nx that is installed in the workspace and runs its plugins; without one, ' +
      'details of projects fail with an internal error.',
    'nx_docs and nx_available_plugins ask nx.dev.',
  ],
}

/** Lists the entries for source code. */
export const CODE_ENTRIES: readonly StdioEntry[] = [ripgrep, git, nx]
