import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { KeyRevoked } from '../contract.ts'
import { holderOf, looksAfter } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'

/** Ends a key at once; ending an ended one changes nothing. */
export const revokeKey = operation<IdentityNeeds>()({
  name: 'identity.revoke_key',
  about: 'End a key at once. It cannot be brought back; make a new one instead.',
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({ id: z.uuid(), prefix: z.string() }),
  access: 'key:write',
  effect: 'write',
  http: 'POST /keys/:id/revoke',
  mcp: null,
  say: ({ prefix }) => `${prefix} lets nobody in any more.`,
  async run({ id }, { principals, keys, grants, call, emit }) {
    const key = await keys.get(id)
    const [[holder], asker] = await Promise.all([
      principals.find({ ids: [key.principalId] }),
      holderOf(grants, call),
    ])
    if (!holder || !looksAfter(asker, holder)) throw notFound('This key')
    if (await keys.revoke(id, call.now)) {
      emit(KeyRevoked({ keyId: id, principalId: key.principalId }))
    }
    return { id, prefix: key.prefix }
  },
})
