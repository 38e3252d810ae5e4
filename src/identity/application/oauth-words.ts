import type { Actor } from '../../kernel/actor.ts'
import { isOauthScope, OAUTH_SCOPES, type OauthScope, permissionsOfScope } from '../domain/scope.ts'

/** The hub's own command line, as a client of the hub's OAuth server. */
export const CLI_CLIENT = 'guildhall-cli'

/** What a token can be made for: the door of MCP clients, or the API for the command line. */
export type OauthResource = 'mcp' | 'v1'

/** Scopes that clients are told to ask for at first; more follow when a call needs them. */
export const FIRST_SCOPES: readonly OauthScope[] = ['work:read', 'work:write', 'context:write']

/** Milliseconds after which a consent ends, however much it is used. */
export const CONSENT_MS = 90 * 86_400_000

const WORDS: Readonly<Record<OauthScope, string>> = {
  'work:read': 'See projects, tasks, boards and what people wrote there',
  'work:write': 'Create, claim, change and finish tasks, and comment on them',
  'context:write': 'Change what agents are told about projects and goals',
  'memory:read': 'Search what the team has remembered',
  'memory:write': 'Add to what the team remembers',
  'tools:call': 'Use connected tools in your name',
}

/** Says a scope as people read it. */
export const wordsOfScope = (scope: string): string => (isOauthScope(scope) ? WORDS[scope] : scope)

/** Lists the permissions that a set of scopes stands for. */
export const permissionsOfScopes = (scopes: readonly string[]): ReadonlySet<string> =>
  new Set(scopes.flatMap((scope) => permissionsOfScope(scope)))

/**
 * Names every scope that a token needs for a permission which its scopes lack: those it has and the
 * narrowest one that brings it. Gives `null` where the scopes are not what is missing.
 */
export const scopesNeeded = (actor: Actor, permission: string): readonly string[] | null => {
  const { scopes } = actor
  if (actor.via !== 'oauth' || scopes === null || scopes.has(permission)) return null
  const bringing = OAUTH_SCOPES.filter((scope) =>
    permissionsOfScope(scope).some((word) => word === permission),
  )
  const [narrowest] = bringing.toSorted(
    (a, b) => permissionsOfScope(a).length - permissionsOfScope(b).length,
  )
  if (narrowest === undefined) return null
  const held = OAUTH_SCOPES.filter((scope) =>
    permissionsOfScope(scope).every((word) => scopes.has(word)),
  )
  return [...new Set([...held, narrowest])]
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Where a program wants the browser sent back to, as people can judge it. */
export type RedirectPlace = Readonly<{ host: string; isLocal: boolean }>

/** Reads where a redirect leads: a host, this computer, or a program on it. */
export const redirectPlace = (uri: string): RedirectPlace => {
  const { protocol, host, hostname } = new URL(uri)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  if (!isWeb) return { host: `${protocol}//${host}`, isLocal: true }
  return { host, isLocal: LOOPBACK.has(hostname) }
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu
const NAME_CHARS_MAX = 60

/** Makes a client's own name fit to be shown: it is a claim of a stranger, on one line. */
export const shownName = (name: string | undefined, clientId: string): string => {
  const plain = (name ?? '').normalize('NFKC').replaceAll(HIDDEN, '').replaceAll(/\s+/g, ' ').trim()
  const text = plain === '' ? clientId : plain
  return text.length > NAME_CHARS_MAX ? `${text.slice(0, NAME_CHARS_MAX - 1)}…` : text
}

/** The host whose owner vouches for a client: that of its id, where the id is an address. */
export const clientHost = (clientId: string): string | null =>
  clientId.startsWith('https://') ? new URL(clientId).host : null
