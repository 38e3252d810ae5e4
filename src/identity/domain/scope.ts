import type { Permission } from '../../kernel/permission.ts'

/** The scopes that tokens of other programs are made with. */
export const OAUTH_SCOPES = [
  ...(['work:read', 'work:write', 'context:write'] as const),
  ...(['memory:read', 'memory:write', 'tools:call'] as const),
] as const
/** A scope of a token. */
export type OauthScope = (typeof OAUTH_SCOPES)[number]

const WORK_READ: readonly Permission[] = [
  ...(['project:read', 'branch:read', 'task:read', 'comment:read', 'board:read'] as const),
  ...(['sprint:read', 'context:read', 'objective:read', 'agent:read', 'workflow:read'] as const),
]
const MEMORY_READ: readonly Permission[] = ['memory:read', 'lesson:read']

// Whoever may write sees what they write: a write scope brings the reads of its subject along.
const PERMISSIONS_OF: Readonly<Record<OauthScope, readonly Permission[]>> = {
  'work:read': WORK_READ,
  'work:write': [
    ...WORK_READ,
    ...(['task:write', 'task:claim', 'task:assign', 'task:takeover', 'task:delete'] as const),
    ...(['comment:write', 'project:create', 'project:write', 'branch:write'] as const),
    ...(['board:write', 'sprint:write'] as const),
  ],
  'context:write': ['context:read', 'context:write', 'objective:read', 'objective:write'],
  'memory:read': MEMORY_READ,
  'memory:write': [...MEMORY_READ, 'memory:write', 'lesson:write'],
  'tools:call': ['tool:read', 'catalogue:read', 'connection:read', 'tool:call', 'connection:use'],
}

/** Tells whether a text is a scope of tokens. */
export const isOauthScope = (text: string): text is OauthScope =>
  Object.hasOwn(PERMISSIONS_OF, text)

/** Lists the permissions that a scope of a token stands for; an unknown scope stands for none. */
export const permissionsOfScope = (scope: string): readonly Permission[] =>
  isOauthScope(scope) ? PERMISSIONS_OF[scope] : []
