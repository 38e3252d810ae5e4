import type { StdioEntry } from '../domain/catalogue-entry.ts'
import { exactly } from '../domain/catalogue-entry.ts'

// Servers that act in somebody's account elsewhere.

const githubProjects: StdioEntry = {
  kind: 'stdio',
  key: 'github-project-manager',
  slug: 'github-projects',
  title: 'GitHub projects',
  about: 'Plans work in GitHub: projects, issues, milestones, sprints, releases.',
  proof: 'called',
  enabled: true,
  era: 'modern',
  package: {
    ...exactly(
      'mcp-github-project-manager@2.3.1',
      'qhGdyOV8ywWUW4YSYVhF3OHcm8iIAEoswsbUyG/2AaJWkTsAf/c8oEZH0ABYAnQPmj60XKcYPpzEP5NXeQHXxQ==',
    ),
    bin: 'build/index.js',
  },
  parameters: [
    { name: 'owner', about: 'Owner of the repository.', kind: 'text', required: true },
    { name: 'repository', about: 'Name of the repository.', kind: 'text', required: true },
  ],
  argv: [],
  environment: {
    GITHUB_OWNER: { parameter: 'owner' },
    GITHUB_REPO: { parameter: 'repository' },
  },
  auth: { kind: 'env', name: 'GITHUB_TOKEN' },
  credential: 'shared',
  secret: { about: 'A GitHub token with the rights repo and project.' },
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['uses_network', 'changes_accounts'],
  offline: false,
  rules: { reads: 'private', untrusted: true, egress: 'external' },
  tools: {
    measured: { count: 20, tokens: 8_670 },
    effects: {
      read: ['discover_tools'],
      write: [
        'manage_prs', 'manage_sprints', 'manage_labels', 'manage_iterations', 'manage_events',
        'manage_status_updates', 'ai_generate', 'ai_analyze', 'ai_plan', 'agent_work', 'system',
      ], // biome-ignore format: a list of names
      destroy: [
        'manage_project', 'manage_issues', 'manage_milestones', 'manage_automation',
        'agent_manage', 'manage_branches', 'manage_releases', 'manage_workflows',
      ], // biome-ignore format: a list of names
    },
    rules: { discover_tools: { reads: 'public', untrusted: false, egress: 'none' } },
    preset: [
      'discover_tools', 'system', 'manage_project', 'manage_issues', 'manage_prs',
      'manage_milestones', 'manage_sprints', 'manage_labels',
    ], // biome-ignore format: a list of names
  },
  notes: [
    'Each tool folds many actions, reading and deleting alike, so approvals are coarse.',
    'Only its list and discover_tools were tried: everything else needs an account.',
    'It does not start without owner, repository and token.',
  ],
}

const figma: StdioEntry = {
  kind: 'stdio',
  key: 'figma',
  slug: 'figma',
  title: 'Figma',
  about: 'Reads layout, styles and content of Figma files.',
  proof: 'listed',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'figma-developer-mcp@0.13.2',
      '7Flx0S/3gI7dIm+9G6BCogwne0o9LdYaCxtDLappiZZUZgqoNiXws/T1kn2R2tqr1iRzFPStqlwf+bPrcscQ0Q==',
    ),
    bin: 'dist/bin.js',
  },
  parameters: [],
  argv: ['--stdio', '--no-telemetry', '--skip-image-downloads'],
  environment: {},
  auth: { kind: 'env', name: 'FIGMA_API_KEY' },
  credential: 'person',
  secret: { about: 'A personal access token of Figma that reads files.' },
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['uses_network'],
  offline: false,
  rules: { reads: 'private', untrusted: true, egress: 'external' },
  tools: { measured: { count: 1, tokens: 274 }, effects: { read: ['get_figma_data'] } },
  notes: ['Images are not downloaded: they would stay on the hub, where no agent sees them.'],
}

const atlassian: StdioEntry = {
  kind: 'stdio',
  key: 'atlassian',
  slug: 'atlassian',
  title: 'Jira and Confluence',
  about: 'Reads and writes pages of Confluence and issues of Jira in the cloud.',
  names: ['jira', 'confluence'],
  proof: 'listed',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'mcp-atlassian@2.1.0',
      'A3gRBeqlGydqSJf3bcPQ5pRvISnAQ5v9GbQ3Fg5P1BSfLH5YbppH+94/3HHwaWbLnceJ5V3t3l/C2KIhSVxq2w==',
    ),
    bin: 'dist/index.js',
    beside: [
      exactly(
        'jsdom@21.1.2',
        'sCpFmK2jv+1sjff4u7fzft+pUh2KSUbUrEHYHyfSIbGTIcmnjyp83qg6qLwdJ/I3LpTXx33ACxeRL7Lsyc6lGQ==',
      ),
    ],
  },
  parameters: [
    {
      name: 'site',
      about: 'Address of the site, like https://acme.atlassian.net.',
      kind: 'url',
      required: true,
    },
    { name: 'email', about: 'E-mail address of the account.', kind: 'text', required: true },
  ],
  argv: [],
  environment: {
    ATLASSIAN_BASE_URL: { parameter: 'site' },
    ATLASSIAN_EMAIL: { parameter: 'email' },
  },
  auth: { kind: 'env', name: 'ATLASSIAN_API_TOKEN' },
  credential: 'shared',
  secret: { about: 'An API token of the account, made at id.atlassian.com.' },
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['uses_network', 'changes_accounts'],
  offline: false,
  rules: { reads: 'private', untrusted: true, egress: 'external' },
  tools: {
    measured: { count: 40, tokens: 6_638 },
    effects: {
      read: [
        'get_confluence_current_user', 'get_confluence_user', 'list_confluence_spaces',
        'search_pages_by_user_involvement', 'list_pages_created_by_user', 'read_confluence_page',
        'list_attachments_uploaded_by_user', 'search_confluence_pages', 'get_confluence_space',
        'list_attachments_on_page', 'get_page_with_attachments', 'list_confluence_page_children',
        'list_confluence_page_ancestors', 'find_confluence_users', 'list_confluence_page_labels',
        'export_confluence_page', 'get_my_recent_confluence_pages', 'get_jira_current_user',
        'get_confluence_pages_mentioning_me', 'get_jira_user', 'get_user_time_tracking',
        'search_issues_by_user_involvement', 'list_issues_by_user_role', 'read_jira_issue',
        'get_user_activity_history', 'search_jira_issues', 'list_jira_projects',
        'list_agile_boards', 'list_sprints_for_board', 'get_sprint_details',
        'get_my_current_sprint_issues', 'get_my_unresolved_issues',
      ], // biome-ignore format: a list of names
      write: [
        'download_confluence_attachment', 'upload_confluence_attachment',
        'create_confluence_page', 'add_confluence_comment', 'add_confluence_page_label',
        'create_jira_issue', 'add_jira_comment',
      ], // biome-ignore format: a list of names
      destroy: ['update_confluence_page'],
    },
    preset: [
      'read_confluence_page', 'search_confluence_pages', 'create_confluence_page',
      'update_confluence_page', 'add_confluence_comment', 'read_jira_issue',
      'search_jira_issues', 'list_jira_projects', 'create_jira_issue', 'add_jira_comment',
      'get_sprint_details', 'get_my_unresolved_issues',
    ], // biome-ignore format: a list of names
  },
  notes: [
    'The package forgot to name jsdom, which it needs; we install that beside it.',
    'Files that it would up- and download are files of the hub, so those tools are off.',
    'Twelve of its 40 tools are on.',
  ],
}

const slack: StdioEntry = {
  kind: 'stdio',
  key: 'slack',
  slug: 'slack',
  title: 'Slack',
  about: 'Reads channels and threads of a Slack workspace.',
  proof: 'unseen',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'slack-mcp-server@1.3.0',
      'YoRGvadhHkN4jwr1uYAxcNidmRPuzDXDM7j8dmnuvclF8zeqzBHefm1IiZE/xGr23Ka0ljNysdDTDUC7PWj21Q==',
    ),
    bin: 'bin/index.js',
  },
  parameters: [],
  argv: [],
  environment: {},
  auth: { kind: 'env', name: 'SLACK_MCP_XOXP_TOKEN' },
  credential: 'person',
  secret: { about: 'A user token of a Slack app of yours; it begins with xoxp-.' },
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['uses_network', 'changes_accounts', 'runs_programs'],
  offline: false,
  rules: { reads: 'private', untrusted: true, egress: 'external' },
  tools: {
    measured: null,
    effects: {
      read: [
        'conversations_history', 'conversations_replies', 'conversations_search_messages',
        'channels_list', 'usergroups_list',
      ], // biome-ignore format: a list of names
      write: ['usergroups_me', 'usergroups_create', 'usergroups_update'],
      destroy: ['usergroups_users_update'],
    },
    preset: [
      'conversations_history', 'conversations_replies', 'conversations_search_messages',
      'channels_list', 'usergroups_list',
    ], // biome-ignore format: a list of names
  },
  notes: [
    'A small script around a compiled program, which comes as a package of its own.',
    'It asks Slack before it says anything: seen here only up to the refused sign-in.',
    'Posting is switched off in the server itself. Its effects are taken from its own manual.',
  ],
}

/** Lists the programs that act in accounts elsewhere. */
export const ACCOUNT_ENTRIES: readonly StdioEntry[] = [githubProjects, figma, atlassian, slack]
