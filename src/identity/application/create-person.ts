import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { GrantGiven, HandleIn, NewKeyView, PrincipalAdded, RoleKey } from '../contract.ts'
import { newPrincipal } from '../domain/principal.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import { issueKey, KEY_DAYS, KEY_DAYS_MAX } from './issue-key.ts'
import { momentOf } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Makes a person with a role in the organisation, and a key to hand over. */
export const createPerson = operation<IdentityNeeds>()({
  name: 'identity.create_person',
  about: 'Add a person with a role in the organisation. The key is shown once: hand it over.',
  input: z.strictObject({
    handle: HandleIn,
    name: z.string().trim().min(1).max(100).optional(),
    email: z.email().max(254).optional(),
    role: RoleKey.default('member'),
    days: z.int().min(1).max(KEY_DAYS_MAX).default(KEY_DAYS).describe('Days the key lives'),
  }),
  output: NewKeyView,
  access: 'member:write',
  orgWide: true,
  effect: 'write',
  secret: true,
  limit: 'key',
  http: 'POST /people',
  mcp: null,
  say: ({ principal, key }) => `@${principal} was added. The key, shown once: ${key}`,
  async run({ handle, name = null, email = null, role: roleKey, days }, needs) {
    const { principals, grants, call, emit } = needs
    const [role, giver] = await Promise.all([grants.role(roleKey), holderOf(grants, call)])
    if (!role.scopes.includes('org')) throw notForOrg(roleKey)
    refuseMoreThanHeld(giver, [{ holds: role.holds, projectId: null }])
    const person = newPrincipal({ id: call.newId(), kind: 'person', handle })
    await principals.add(person, call.now)
    if (name !== null || email !== null) await principals.setProfile(person.id, { name, email })
    const principalId = person.id
    emit(
      PrincipalAdded(
        { principalId, kind: 'person', responsibleId: null, version: person.version },
        { personal: { handle, name, email } },
      ),
    )
    const grant = { principalId, role: roleKey, projectId: null }
    await grants.give(grant, { id: call.actor.id, at: call.now })
    emit(GrantGiven(grant))
    const terms = { name: 'first key', scopes: null, projectIds: null, days }
    const { id, text, expiresAt } = await issueKey(needs, person, terms)
    return { id, principal: handle, key: text, expiresAt: momentOf(expiresAt) }
  },
})

const notForOrg = (role: string) => {
  const message = `The role "${role}" holds in single projects; take member and give it there.`
  return refuse('invalid', 'identity.role_not_for_scope', message, { role })
}
