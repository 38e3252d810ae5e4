const READ_WRITE = [
  'org', 'team', 'member', 'role', 'grant', 'key', 'idp', 'oauth', 'limit', 'secret',
  'project', 'branch', 'task', 'comment', 'board', 'sprint', 'context', 'objective',
  'agent', 'workflow', 'budget', 'model', 'tool', 'connection', 'catalogue', 'webhook',
  'memory', 'lesson',
] as const // biome-ignore format: one line per subject group

const ACTS = [
  'ledger:read', 'node:read', 'session:revoke', 'access:explain', 'ledger:export',
  'subject:export', 'subject:erase', 'project:create', 'project:delete',
  'task:claim', 'task:assign', 'task:takeover', 'task:delete', 'data:import', 'data:export',
  'context:accept', 'agent:run', 'agent:stop', 'approval:decide',
  'tool:call', 'tool:destroy', 'tool:approve', 'connection:use', 'memory:review', 'memory:admin',
  'cluster:operate', 'backup:write', 'backup:restore', 'org:delete',
] as const // biome-ignore format: one line per subject group

/** A word for a right, `noun:verb`: what operations ask for and roles hold. */
export type Permission =
  | `${(typeof READ_WRITE)[number]}:read`
  | `${(typeof READ_WRITE)[number]}:write`
  | (typeof ACTS)[number]

/** Lists every permission word of the product. */
export const PERMISSIONS: readonly Permission[] = [
  ...READ_WRITE.flatMap((noun): Permission[] => [`${noun}:read`, `${noun}:write`]),
  ...ACTS,
]

const KNOWN: ReadonlySet<string> = new Set(PERMISSIONS)

/** Tells whether a text is a permission word. */
export const isPermission = (text: string): text is Permission => KNOWN.has(text)
