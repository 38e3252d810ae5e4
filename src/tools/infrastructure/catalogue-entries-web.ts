import type { MachineNeed, StdioEntry } from '../domain/catalogue-entry.ts'
import { exactly } from '../domain/catalogue-entry.ts'

// Servers that read the web: browsers, fetchers, documentation, and services with a document.

const CHROMIUM: MachineNeed = {
  title: 'Chromium',
  programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  parameter: 'browser',
  install: 'apt install chromium',
}
// A browser is ten processes, and what they share counts for each of them.
const BROWSER_MB = 4_096
const BROWSER = {
  name: 'browser',
  about: 'Program of the browser; left out, the Chromium or Chrome of this machine.',
  kind: 'file',
  use: 'read',
} as const

const playwright: StdioEntry = {
  kind: 'stdio',
  key: 'playwright',
  slug: 'browser',
  title: 'Browser (Playwright)',
  about: 'Drives a browser: opens pages, reads them, clicks and types.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      '@playwright/mcp@0.0.83',
      'oNcl+Ae2/IAjhfPeP46BfIkSakfmprY+aOtkv5MjrQ4lPav4/yNtPhL0iq8SlIM90oApWgBDUxaNKvktazUKOg==',
    ),
    bin: 'cli.js',
  },
  parameters: [BROWSER],
  argv: [
    '--headless',
    '--isolated',
    { parameter: 'browser', before: '--executable-path=' },
    { asRoot: '--no-sandbox' },
  ],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [CHROMIUM],
  instances: 'session',
  isolation: 'if_there',
  memoryMb: BROWSER_MB,
  risks: ['drives_browser', 'uses_network', 'runs_programs', 'writes_files'],
  offline: true,
  rules: { reads: 'public', untrusted: true, egress: 'external' },
  tools: {
    measured: { count: 25, tokens: 3_745 },
    effects: {
      read: [
        'browser_console_messages', 'browser_find', 'browser_network_requests',
        'browser_network_request', 'browser_take_screenshot', 'browser_snapshot',
        'browser_wait_for',
      ], // biome-ignore format: a list of names
      write: [
        'browser_close', 'browser_resize', 'browser_handle_dialog', 'browser_emulate_media',
        'browser_fill_form', 'browser_press_key', 'browser_type', 'browser_navigate',
        'browser_navigate_back', 'browser_click', 'browser_drag', 'browser_hover',
        'browser_select_option', 'browser_tabs',
      ], // biome-ignore format: a list of names
      destroy: [
        'browser_evaluate', 'browser_run_code_unsafe', 'browser_file_upload', 'browser_drop',
      ], // biome-ignore format: a list of names
    },
    preset: [
      'browser_console_messages', 'browser_find', 'browser_network_requests',
      'browser_network_request', 'browser_take_screenshot', 'browser_snapshot',
      'browser_wait_for', 'browser_close', 'browser_resize', 'browser_handle_dialog',
      'browser_fill_form', 'browser_press_key', 'browser_type', 'browser_navigate',
      'browser_navigate_back', 'browser_click', 'browser_hover', 'browser_select_option',
      'browser_tabs',
    ], // biome-ignore format: a list of names
  },
  notes: [
    'The browser goes out by itself, to addresses of the inner network too.',
    'Tools that run code or hand over files are off.',
    'Navigating names a file with the page that stays on the hub; browser_snapshot shows the page.',
    'A hub that runs as the super-user starts the browser without its own sandbox.',
  ],
}

const chromeDevtools: StdioEntry = {
  kind: 'stdio',
  key: 'chrome-devtools',
  slug: 'devtools',
  title: 'Chrome DevTools',
  about: 'Drives a browser and looks inside: network, console, styles, performance.',
  proof: 'called',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'chrome-devtools-mcp@1.11.0',
      'CytJ/5tnzrS+J/74be2P5aCOsS/mmGRHys/Si+IYC4ucrbnWAmES/dYdxGJjeUCECRcoFUilZAysdjlwqUjXIA==',
    ),
    bin: 'build/src/bin/chrome-devtools-mcp.js',
  },
  parameters: [BROWSER],
  argv: [
    '--headless',
    '--isolated',
    '--no-page-id-routing',
    '--no-file-navigations',
    '--no-usage-statistics',
    '--no-performance-crux',
    { parameter: 'browser', before: '--executablePath=' },
    { asRoot: '--chromeArg=--no-sandbox' },
  ],
  environment: { CHROME_DEVTOOLS_MCP_NO_UPDATE_CHECKS: '1' },
  auth: { kind: 'none' },
  credential: 'none',
  needs: [CHROMIUM],
  instances: 'session',
  isolation: 'if_there',
  memoryMb: BROWSER_MB,
  risks: ['drives_browser', 'uses_network', 'runs_programs', 'writes_files'],
  offline: true,
  rules: { reads: 'public', untrusted: true, egress: 'external' },
  tools: {
    measured: { count: 32, tokens: 5_530 },
    effects: {
      read: [
        'get_console_message', 'get_css_styles', 'get_network_request', 'list_console_messages',
        'list_network_requests', 'list_pages', 'performance_analyze_insight', 'select_page',
        'take_screenshot', 'take_snapshot', 'wait_for',
      ], // biome-ignore format: a list of names
      write: [
        'click', 'close_page', 'drag', 'emulate', 'fill', 'fill_form', 'handle_dialog', 'hover',
        'lighthouse_audit', 'navigate_page', 'new_page', 'performance_start_trace',
        'performance_stop_trace', 'press_key', 'resize_page', 'screencast_start',
        'screencast_stop', 'take_heapsnapshot', 'type_text',
      ], // biome-ignore format: a list of names
      destroy: ['evaluate_script', 'upload_file'],
    },
    preset: [
      'get_console_message', 'get_css_styles', 'get_network_request', 'list_console_messages',
      'list_network_requests', 'list_pages', 'performance_analyze_insight', 'select_page',
      'take_screenshot', 'take_snapshot', 'wait_for', 'click', 'close_page', 'emulate', 'fill',
      'fill_form', 'handle_dialog', 'hover', 'navigate_page', 'new_page',
      'performance_start_trace', 'performance_stop_trace', 'press_key', 'resize_page', 'type_text',
    ], // biome-ignore format: a list of names
  },
  notes: [
    'The browser goes out by itself, to addresses of the inner network too.',
    'Reports to Google, checks for updates and addresses of local files are switched off.',
  ],
}

const fetcher: StdioEntry = {
  kind: 'stdio',
  key: 'http-fetch',
  slug: 'fetch',
  title: 'Fetch',
  about: 'Fetches a web address as HTML, text, Markdown or JSON.',
  names: ['fetch'],
  proof: 'listed',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'mcp-fetch-server@1.1.2',
      '7sz6KlwvTS7gUWYLl3yqqPignheOCntK6KjBwqoVbk50g80Mg6BORcdGvDL7jHhYwdwlYMl+PkL34HmAViARDQ==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [],
  argv: [],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['uses_network', 'runs_programs'],
  offline: false,
  rules: { reads: 'public', untrusted: true, egress: 'external' },
  tools: {
    measured: { count: 6, tokens: 882 },
    effects: {
      read: ['fetch_html', 'fetch_markdown', 'fetch_txt', 'fetch_json', 'fetch_readable',
        'fetch_youtube_transcript'], // biome-ignore format: a list of names
    },
    preset: ['fetch_html', 'fetch_markdown', 'fetch_txt', 'fetch_json', 'fetch_readable'],
  },
  notes: [
    'It fetches by itself, not through the egress of the hub. It refuses private addresses, but ' +
      'looks at the name before it asks, and redirects only after they were followed.',
    'Local pages cannot be fetched with it. The proxy argument does nothing under Node.',
  ],
}

const duckduckgo: StdioEntry = {
  kind: 'stdio',
  key: 'ddg',
  slug: 'ddg',
  title: 'DuckDuckGo',
  about: 'Searches the web with DuckDuckGo.',
  names: ['duckduckgo'],
  proof: 'listed',
  enabled: true,
  era: 'legacy',
  package: {
    ...exactly(
      'duckduckgo-mcp-server@0.1.2',
      'wyc862FdxGyS65LvBQEGqmM5v4vBvANdHGDCsNiKRe7PAB0pZbMviRxuk2I1GRclBkRv2IfwkkD2+CbM4PLziQ==',
    ),
    bin: 'build/index.js',
  },
  parameters: [],
  argv: [],
  environment: {},
  auth: { kind: 'none' },
  credential: 'none',
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['uses_network'],
  offline: false,
  rules: { reads: 'public', untrusted: true, egress: 'external' },
  tools: {
    measured: { count: 1, tokens: 173 },
    effects: { read: ['duckduckgo_web_search'] },
  },
  notes: [
    'It reads pages of the search engine, which are not made for programs: it may stop working.',
    'It goes out by itself and allows itself one search a second.',
  ],
}

const context7: StdioEntry = {
  kind: 'stdio',
  key: 'context7',
  slug: 'context7',
  title: 'Context7',
  about: 'Finds documentation of libraries at context7.com.',
  proof: 'listed',
  enabled: true,
  era: 'modern',
  package: {
    ...exactly(
      '@upstash/context7-mcp@4.1.1',
      'fUARTIZGVKzlzQKDhKUg4aIQ3yEU/12STdfxJDDnLMSN7yyHiPvNHI05iFwxkv3vC8G76Wp27MwK6Jucl/C5pA==',
    ),
    bin: 'dist/index.js',
  },
  parameters: [],
  argv: [],
  environment: {},
  auth: { kind: 'env', name: 'CONTEXT7_API_KEY' },
  credential: 'shared',
  secret: { about: 'An API key, which context7.com gives for nothing.' },
  needs: [],
  instances: 'credential',
  isolation: 'if_there',
  risks: ['uses_network'],
  offline: false,
  rules: { reads: 'public', untrusted: true, egress: 'external' },
  tools: {
    measured: { count: 2, tokens: 983 },
    effects: { read: ['resolve-library-id', 'query-docs'] },
  },
  notes: ['Questions leave the house; its answers are texts that anybody may have published.'],
}

/** Lists the programs that read the web. */
export const WEB_ENTRIES: readonly StdioEntry[] = [
  playwright,
  chromeDevtools,
  fetcher,
  duckduckgo,
  context7,
]
