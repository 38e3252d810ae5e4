// This is read before the page of a backlog is: it brings nothing else along.

/** What of a backlog stands in its address. */
export type BacklogSearch = { q?: string; capacity?: number }

/** Points that a sprint can be planned for. */
export const CAPACITY_MAX = 10_000

/** Reads how many points a sprint is planned for; what makes no sense is none. */
export const capacityOf = (given: unknown): number | undefined => {
  const points = Number(given)
  return points > 0 && points <= CAPACITY_MAX ? points : undefined
}
