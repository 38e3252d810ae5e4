import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { ConsentEnded } from '../contract.ts'
import { holdsWide } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'

/** Ends what a program was allowed, and every token it has. */
export const revokeConsent = operation<IdentityNeeds>()({
  name: 'identity.revoke_consent',
  about: 'End what you have allowed a program. Its tokens stop working at once.',
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({ id: z.uuid(), client: z.string() }),
  access: null,
  effect: 'write',
  http: 'DELETE /oauth/grants/:id',
  mcp: null,
  say: ({ client }) => `${client} may do nothing any more.`,
  async run({ id }, { consents, grants, call, emit }) {
    const { actor } = call
    const consent = await consents.get(id)
    const isOwn = consent?.personId === actor.id
    const mayAll =
      !isOwn && holdsWide({ actor, rights: await grants.rights(actor.id) }, 'oauth:write')
    if (!consent || !(isOwn || mayAll)) throw notFound('This consent')
    if (await consents.end(id, call.now)) {
      emit(ConsentEnded({ consentId: id, personId: consent.personId, why: 'revoked' }))
    }
    return { id, client: consent.clientName }
  },
})

/** Ends a consent whose tokens were misused, or given back by the program itself. */
export const endConsent = operation<IdentityNeeds>()({
  name: 'identity.end_consent',
  about: 'End a consent whose grant is gone.',
  input: z.strictObject({ id: z.uuid(), why: z.enum(['replayed', 'given_back']) }),
  output: z.object({ ended: z.boolean() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run({ id, why }, { consents, call, emit }) {
    const consent = await consents.get(id)
    if (!consent || !(await consents.end(id, call.now))) return { ended: false }
    emit(ConsentEnded({ consentId: id, personId: consent.personId, why }))
    return { ended: true }
  },
})

/** Forgets requests that nobody decided, and what the protocol kept beyond its time. */
export const forgetOauth = operation<IdentityNeeds>()({
  name: 'identity.forget_oauth',
  about: 'Forget expired requests for access, codes and tokens.',
  input: z.strictObject({}),
  output: z.object({ forgotten: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_, { consents, oauthItems, call }) {
    const requests = await consents.forget(call.now)
    return { forgotten: requests + (await oauthItems.forget(call.now)) }
  },
})
