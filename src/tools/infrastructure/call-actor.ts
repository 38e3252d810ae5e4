import { z } from 'zod'
import type { Actor } from '../../kernel/actor.ts'

const Facts = z.object({
  orgId: z.uuid(),
  id: z.uuid(),
  kind: z.enum(['person', 'service', 'agent']),
  handle: z.string(),
  onBehalfOf: z.uuid().optional(),
  via: z.enum(['none', 'key', 'session', 'oauth']).optional(),
  credentialId: z.string().optional(),
  scopes: z.array(z.string()).nullable(),
  projects: z.array(z.string()).nullable(),
  epoch: z.int(),
})

/** Writes down who wanted a call, with the cuts of the credential they came with. */
export const actorFacts = (actor: Actor): Readonly<Record<string, unknown>> => {
  const { orgId, id, kind, handle, onBehalfOf, via, credentialId, scopes, projects, epoch } = actor
  return {
    ...{ orgId, id, kind, handle, epoch },
    ...(onBehalfOf && { onBehalfOf }),
    ...(via && { via }),
    ...(credentialId && { credentialId }),
    scopes: scopes === null ? null : [...scopes],
    projects: projects === null ? null : [...projects],
  }
}

/** Reads back who wanted a call; what they may do is asked anew when it is made. */
export const actorOfFacts = (facts: unknown): Actor => {
  const { scopes, projects, onBehalfOf, via, credentialId, ...rest } = Facts.parse(facts)
  return {
    ...rest,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(via !== undefined && { via }),
    ...(credentialId !== undefined && { credentialId }),
    scopes: scopes === null ? null : new Set(scopes),
    projects: projects === null ? null : new Set(projects),
  }
}
