import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { KeyRevoked } from '../contract.ts'
import { holderOf, looksAfter } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'

/** Ends a key at once; ending an ended one changes nothing. No fresh sign-in is asked for it. */
export const revokeKey = operation<IdentityNeeds>()({
  name: 'identity.revoke_key',
  about: 'End a key at once. It cannot be brought back; make a new one instead.',
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({
    id: z.uuid(),
    prefix: z.string(),
    /** The shown part of the newest key that took over from it and is still in force. */
    successor: z.string().nullable(),
  }),
  access: 'key:write',
  effect: 'write',
  http: 'POST /keys/:id/revoke',
  mcp: null,
  say: ({ prefix, successor }) =>
    `${prefix} lets nobody in any more.` +
    (successor === null ? '' : `\n${successor} took over from it and still does; revoke it, too?`),
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
    // Whoever stole a key may have replaced it: ending it alone would not shut them out.
    return { id, prefix: key.prefix, successor: await keys.successor(id, call.now) }
  },
})
