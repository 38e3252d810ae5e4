import { readNeeds } from './read-needs.ts'
import type { Prepared, WriteGround } from './run-write.ts'
import { emitsNothing, wordsFor } from './words.ts'

/**
 * Runs an operation that acts outside the hub. No transaction is open while it waits for others,
 * and it is never repeated: what it did out there stays done. It records what it does by what its
 * room gives it; where nothing may be written, nothing is done outside either.
 */
export const runOutside = async (ground: WriteGround, prepared: Prepared): Promise<unknown> => {
  const { operation, room, input, call, allowed } = prepared
  const { orgId } = call.actor
  const closed = ground.closed(orgId, operation.name)
  if (closed) throw closed
  const needs = readNeeds(ground.database, room, orgId)
  const words = wordsFor(needs, { call, emit: emitsNothing, ...allowed })
  return operation.output.parse(await operation.run(input, words))
}
