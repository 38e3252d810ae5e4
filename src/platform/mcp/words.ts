import type { Json } from './line.ts'

// The words of the Model Context Protocol that a client needs, written down once.

/** The revision of the stateless era that the hub speaks to servers. */
export const MODERN_VERSION = '2026-07-28'
/** The revisions with sessions that the hub speaks to servers, the newest first. */
export const LEGACY_VERSIONS: readonly string[] = [
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
]

/** Keys of `_meta` with which a modern request stands on its own. */
export const META = {
  version: 'io.modelcontextprotocol/protocolVersion',
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
  client: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  server: 'io.modelcontextprotocol/serverInfo',
  subscription: 'io.modelcontextprotocol/subscriptionId',
} as const

/** Codes of JSON-RPC errors that decide something here. */
export const CODES = { method: -32601, internal: -32603, server: -32000, version: -32022 } as const

/** Notifications about the server as a whole: they belong to no call. */
export const NOTICES: ReadonlySet<string> = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/elicitation/complete',
  'notifications/tasks',
  'notifications/tasks/status',
])

/** How the hub names itself to servers. */
export type ClientInfo = Readonly<{ name: string; version: string; title?: string }>

/** Tells whether a value is an object with members. */
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Gives a member that is an object, or an empty one. */
export const memberOf = (value: unknown, name: string): Json => {
  const member = isJson(value) ? value[name] : undefined
  return isJson(member) ? member : NOTHING
}

/** An object without members. */
export const NOTHING: Json = {}
