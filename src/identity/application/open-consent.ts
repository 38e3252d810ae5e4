import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Resource, Uid } from './oauth-views.ts'
import { deciderOf } from './open-request.ts'
import type { IdentityNeeds } from './ports.ts'

/** Lays a program's request before the person whose browser brought it. */
export const openConsent = operation<IdentityNeeds>()({
  name: 'identity.open_consent',
  about: 'Lay a request for access before the person who signed in.',
  input: z.strictObject({
    uid: Uid,
    kind: z.enum(['browser', 'device']),
    clientId: z.string().max(2_000),
    clientName: z.string().max(200),
    redirectUri: z.string().max(2_000).nullable(),
    resource: Resource,
    scopes: z.array(z.string()).max(50),
    expiresAt: z.int(),
  }),
  output: z.object({ uid: Uid }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run({ uid, ...asking }, { consents, call }) {
    const { personId, sessionId } = deciderOf(call.actor)
    await consents.open(uid, { ...asking, personId, sessionId }, call.now)
    return { uid }
  },
})

/** Takes the decision about a request away: it is carried out once. */
export const takeConsent = operation<IdentityNeeds>()({
  name: 'identity.take_consent',
  about: 'Take the decision about a request, to carry it out.',
  input: z.strictObject({ uid: Uid }),
  output: z.object({
    taken: z
      .object({
        decision: z.enum(['given', 'refused']),
        consentId: z.uuid().nullable(),
        scopes: z.array(z.string()),
        refused: z.array(z.string()),
        authTime: z.int(),
      })
      .nullable(),
  }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run({ uid }, { consents, call }) {
    const { personId, sessionId } = deciderOf(call.actor)
    const request = await consents.find(uid, call.now)
    const isTheirs = request?.personId === personId && request.sessionId === sessionId
    if (!request || !isTheirs || request.decision === null) return { taken: null }
    if (!(await consents.take(uid))) return { taken: null }
    const { decision, consentId } = request
    const consent = consentId === null ? null : await consents.get(consentId)
    const scopes = [...(consent?.scopes ?? [])]
    const refused = request.scopes.filter((scope) => !scopes.includes(scope))
    const authTime = Math.trunc(consent?.authTime ?? 0)
    return { taken: { decision, consentId, scopes, refused, authTime } }
  },
})
