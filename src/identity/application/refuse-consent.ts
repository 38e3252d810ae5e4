import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { DecidedView, Uid } from './oauth-views.ts'
import { goPath, notOpen, openRequest } from './open-request.ts'
import type { IdentityNeeds } from './ports.ts'

/** Turns a program away that asks for access. */
export const refuseConsent = operation<IdentityNeeds>()({
  name: 'identity.refuse_consent',
  about: 'Turn away the program that asks for access; it is told so.',
  input: z.strictObject({ uid: Uid }),
  output: DecidedView,
  access: null,
  effect: 'write',
  http: 'POST /oauth/consents/:uid/refuse',
  mcp: null,
  async run({ uid }, { consents, call }) {
    await openRequest(consents, uid, call)
    if (!(await consents.decide(uid, 'refused', null))) throw notOpen(uid)
    return { uid, next: goPath(uid) }
  },
})
