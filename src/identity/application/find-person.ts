import { refuse } from '../../kernel/refusal.ts'
import type { Principal } from '../domain/principal.ts'
import type { PrincipalStore } from './ports.ts'

/** Finds a person by handle; refuses agents and services, which are nobody's data. */
export const personOf = async (
  principals: Pick<PrincipalStore, 'get'>,
  handle: string,
): Promise<Principal> => {
  const found = await principals.get(handle)
  if (found.kind === 'person') return found
  const message = `@${handle} is no person; suspend it, or name the person who answers for it.`
  throw refuse('invalid', 'identity.not_a_person', message)
}
