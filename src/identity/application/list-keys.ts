import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorId, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { HandleIn, KeyView } from '../contract.ts'
import { holderOf, holdsWide } from './guard-grants.ts'
import { momentOf, projectKeys } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

const ListedKey = KeyView.extend({
  /** Networks it is bound to. */
  addresses: z.array(z.string()).nullable(),
  /** The key that took over from it. */
  replacedBy: z.uuid().nullable(),
})

/** Lists one's own keys and those of one's agents; all of them for who manages members. */
export const listKeys = operation<IdentityNeeds>()({
  name: 'identity.list_keys',
  about: 'List your keys and those of your agents, newest first. Secrets are never shown again.',
  input: z.strictObject({
    principal: HandleIn.optional().describe('Only keys of this one'),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({ items: z.array(ListedKey), total: z.int(), next: z.string().nullable() }),
  access: 'key:read',
  effect: 'read',
  http: 'GET /keys',
  mcp: null,
  say: ({ items }, { now }) =>
    items
      .map((key) => `${key.prefix} @${key.principal} ${key.name} ${stateOf(key, now)}`)
      .join('\n') || 'You have no keys.',
  async run({ principal, limit, cursor }, { keys, principals, grants, projects, call }) {
    const after = cursor === undefined ? null : cursorId(cursor)
    const { actor } = call
    // Of whom one may see no keys, one sees none: who is there is not told.
    const [named] = principal === undefined ? [] : await principals.find({ handles: [principal] })
    if (principal !== undefined && named === undefined) return { items: [], total: 0, next: null }
    const all = holdsWide(await holderOf(grants, call), 'member:write')
    const { rows, total } = await keys.list({
      ofPrincipal: all ? null : actor.id,
      principalId: named?.id ?? null,
      after,
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const keyOf = await projectKeys(
      projects,
      page.flatMap(({ projectIds }) => projectIds ?? []),
    )
    const items = page.map((key) => ({
      id: key.id,
      principal: key.handle,
      name: key.name,
      prefix: key.prefix,
      scopes: key.scopes && [...key.scopes],
      projects: key.projectIds && key.projectIds.flatMap((id) => keyOf.get(id) ?? []),
      addresses: key.addresses ? [...key.addresses] : null,
      replacedBy: key.replacedBy ?? null,
      createdAt: momentOf(key.createdAt),
      expiresAt: orNull(key.expiresAt),
      revokedAt: orNull(key.revokedAt),
      lastUsedAt: orNull(key.lastUsedAt),
    }))
    const last = page.at(-1)
    return { items, total, next: rows.length > limit && last ? cursorOf([last.id]) : null }
  },
})

const stateOf = (
  { expiresAt, revokedAt, replacedBy }: z.output<typeof ListedKey>,
  now: number,
): string => {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return 'expired'
  return replacedBy === null ? 'in force' : `replaced, ends ${expiresAt}`
}

const orNull = (ms: number | null): string | null => (ms === null ? null : momentOf(ms))
