import { holdsAnywhere, type Rights } from '../kernel/access.ts'
import type { Actor } from '../kernel/actor.ts'
import type { AnyOperation } from '../kernel/operation.ts'

/**
 * Names the operations whose permission an actor holds anywhere. `mark` is equal for equal sets:
 * a bit per operation, so that lists of tools are made once per kind of actor.
 */
export const offered = (operations: readonly AnyOperation[], actor: Actor, rights: Rights) => {
  const held = operations.map(
    ({ access }) => access === null || holdsAnywhere(rights, actor, access),
  )
  const names = new Set(operations.filter((_, index) => held[index]).map(({ name }) => name))
  return { names, mark: held.map((one) => (one ? '1' : '0')).join('') }
}
