// Documents by which well-known MCP clients say who they are, kept here so that they can connect
// where their makers' pages cannot be fetched: without a network, or where a page answers
// programs with a puzzle (claude.ai does at times). Each is what its address served in autumn
// 2026, as several independent projects wrote it down; `application_type` is added where it is
// missing and the redirects lead to the person's own computer, on any port.

const CODE_FLOW = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
} as const

const NONE = { token_endpoint_auth_method: 'none' } as const
const LOOPBACK = {
  ...CODE_FLOW,
  ...NONE,
  application_type: 'native',
  redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
} as const

const DOCUMENTS: readonly Readonly<Record<string, unknown> & { client_id: string }>[] = [
  {
    // Claude on the web, on the desktop and on phones: documented, one callback for all.
    client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    client_name: 'Claude',
    client_uri: 'https://claude.ai',
    redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
    ...CODE_FLOW,
    ...NONE,
  },
  {
    // Claude Code lists its redirects without a port and uses one that is free.
    client_id: 'https://claude.ai/oauth/claude-code-client-metadata',
    client_name: 'Claude Code',
    ...LOOPBACK,
  },
  {
    // ChatGPT uses this callback with servers that say who they are (`iss`), as this one does. It
    // signs in with a key of its own where a server takes that; its keys are never kept here.
    client_id: 'https://chatgpt.com/oauth/client.json',
    client_name: 'ChatGPT',
    client_uri: 'https://chatgpt.com/',
    redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    token_endpoint_auth_signing_alg: 'RS256',
    jwks_uri: 'https://chatgpt.com/oauth/jwks.json',
    ...CODE_FLOW,
  },
  {
    client_id: 'https://chatgpt.com/oauth/codex/client.json',
    client_name: 'Codex',
    ...LOOPBACK,
  },
  {
    // Cursor's document and callbacks are known from its traffic only; the callbacks changed
    // twice in 2026. Older versions register themselves instead, which is a switch of the hub.
    client_id: 'https://cursor.com/oauth/mcp-client.json',
    client_name: 'Cursor',
    application_type: 'native',
    redirect_uris: [
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'http://localhost:8787/callback',
      'cursor://anysphere.cursor-mcp/oauth/callback',
    ],
    ...CODE_FLOW,
    ...NONE,
  },
  {
    client_id: 'https://vscode.dev/oauth/client-metadata.json',
    client_name: 'Visual Studio Code',
    client_uri: 'https://vscode.dev/product',
    application_type: 'native',
    redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
    ...CODE_FLOW,
    ...NONE,
  },
]

/** The documents that are kept here, by their address. */
export const PINNED_CLIENTS: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map(
  DOCUMENTS.map((document) => [document.client_id, document]),
)
