import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { isPermission } from '../../kernel/permission.ts'
import { HandleIn, NewKeyView, ProjectKey } from '../contract.ts'
import { addressRange } from '../domain/address-range.ts'
import { holderOf, refuseStranger } from './guard-grants.ts'
import { issueKey, KEY_DAYS, KEY_DAYS_MAX, refuseStrongerKey } from './issue-key.ts'
import { momentOf, projectIds } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

const Scope = z.string().refine(isPermission, 'A scope is a permission like task:read')
const NETWORK_CHARS_MAX = 49
const NETWORKS_MAX = 50

/** The networks a key is bound to. */
export const KeyAddresses = z
  .array(
    z
      .string()
      .max(NETWORK_CHARS_MAX)
      .refine((text) => addressRange(text) !== null, 'A network is like 192.0.2.7 or 10.0.0.0/8'),
  )
  .min(1)
  .max(NETWORKS_MAX)
  .optional()
  .describe('Networks it may be used from, like 10.0.0.0/8')

/** Makes a key: one's own, that of an agent one answers for, or that of a member one manages. */
export const createKey = operation<IdentityNeeds>()({
  name: 'identity.create_key',
  about: 'Make a key for yourself or for an agent of yours, cut down as you like. Shown once.',
  input: z.strictObject({
    name: z.string().trim().min(1).max(80),
    principal: HandleIn.optional().describe('Whose key; yours if left out'),
    scopes: z.array(Scope).min(1).max(200).optional().describe('Permissions it is cut down to'),
    projects: z.array(ProjectKey).min(1).max(50).optional().describe('Projects it is cut down to'),
    addresses: KeyAddresses,
    days: z.int().min(1).max(KEY_DAYS_MAX).default(KEY_DAYS).describe('Days it lives'),
  }),
  output: NewKeyView,
  access: 'key:write',
  effect: 'write',
  secret: true,
  fresh: true,
  limit: 'key',
  http: 'POST /keys',
  mcp: null,
  scope: ({ projects }) => projects ?? [],
  say: ({ principal, key }) => `A key for @${principal}, shown once: ${key}`,
  async run({ name, principal, scopes = null, projects: keys, addresses = null, days }, needs) {
    const { principals, grants, projects, call } = needs
    const holder = await principals.get(principal ?? call.actor.handle)
    const ids = keys ? await projectIds(projects, [...new Set(keys)]) : null
    const own = await holderOf(grants, call)
    refuseStranger(own, holder)
    await refuseStrongerKey(needs, own, { holder, scopes, projectIds: ids })
    const { id, text, expiresAt } = await issueKey(needs, holder, {
      ...{ name, scopes, days },
      projectIds: ids,
      addresses: addresses && [...new Set(addresses)],
    })
    return { id, principal: holder.handle, key: text, expiresAt: momentOf(expiresAt) }
  },
})
