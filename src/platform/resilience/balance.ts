import { createHash } from 'node:crypto'

// Which of several replicas takes the next call. Every choice is made by numbers that are the same
// for the same history: nothing here asks for chance.

/** How calls are spread: in turn, to whom has least to do, by weight, or by a key. */
export type Spread = 'round_robin' | 'least_connections' | 'weighted' | 'hash'

/** A replica that may be chosen now; its weight is at least 1. */
export type Candidate = Readonly<{ id: string; weight: number; inFlight: number }>

/** Spreads calls over the replicas of one upstream. */
export type Balance = Readonly<{
  /** Chooses one of the candidates, in whose order ties end; `null` where there is none. */
  pick(candidates: readonly Candidate[], key: string): string | null
  /** Changes how calls are spread. */
  use(spread: Spread): void
  /** Forgets replicas that are not among these. */
  keep(ids: ReadonlySet<string>): void
}>

type Score = (candidate: Candidate) => number

/** Makes the spreading of one upstream. */
export const balance = (initial: Spread = 'least_connections'): Balance => {
  let spread = initial
  let picks = 0
  const pickedAt = new Map<string, number>()
  const credits = new Map<string, number>()

  const waited: Score = ({ id }) => -(pickedAt.get(id) ?? 0)
  // Smooth weighted round robin: each gets its weight in credit, and who is chosen pays for all.
  // What is not a candidate now neither earns nor loses.
  const weighted = (candidates: readonly Candidate[]): Candidate | undefined => {
    let total = 0
    for (const { id, weight } of candidates) {
      credits.set(id, (credits.get(id) ?? 0) + weight)
      total += weight
    }
    const best = bestOf(candidates, [({ id }) => credits.get(id) ?? 0])
    if (best) credits.set(best.id, (credits.get(best.id) ?? 0) - total)
    return best
  }
  const choose = (candidates: readonly Candidate[], key: string): Candidate | undefined => {
    switch (spread) {
      case 'round_robin':
        return bestOf(candidates, [waited])
      case 'least_connections':
        return bestOf(candidates, [({ inFlight, weight }) => -inFlight / weight, waited])
      case 'weighted':
        return weighted(candidates)
      case 'hash':
        return bestOf(candidates, [rendezvous(key)])
      default:
        return spread satisfies never
    }
  }

  return {
    pick(candidates, key) {
      const [only, other] = candidates
      const chosen = other === undefined ? only : choose(candidates, key)
      if (!chosen) return null
      picks += 1
      pickedAt.set(chosen.id, picks)
      return chosen.id
    },
    use(next) {
      spread = next
    },
    keep(ids) {
      for (const state of [pickedAt, credits]) {
        for (const id of [...state.keys()]) if (!ids.has(id)) state.delete(id)
      }
    },
  }
}

/** Finds the candidate with the highest scores, compared one after the other; else the first. */
const bestOf = (
  candidates: readonly Candidate[],
  scores: readonly Score[],
): Candidate | undefined => {
  let best: Readonly<{ candidate: Candidate; scored: readonly number[] }> | undefined
  for (const candidate of candidates) {
    const scored = scores.map((score) => score(candidate))
    if (best === undefined || isHigher(scored, best.scored)) best = { candidate, scored }
  }
  return best?.candidate
}

const isHigher = (a: readonly number[], b: readonly number[]): boolean => {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0
    if (value !== other) return value > other
  }
  return false
}

/**
 * Scores replicas for a key by weighted rendezvous: each draws a number from key and name alone, so
 * that a replica that comes or goes moves only the keys that are or were its own.
 */
const rendezvous =
  (key: string): Score =>
  ({ id, weight }) => {
    const digest = createHash('sha256').update(`${key.length}:${key}${id}`).digest()
    // Between 0 and 1 and never one of them: the logarithm is finite and below zero.
    const drawn = (digest.readUIntBE(0, 6) + 0.5) / 2 ** 48
    return -weight / Math.log(drawn)
  }
