import type { Seen } from './crew.ts'
import type { Event } from './ledger.ts'

/** What the ledger proves about a run, held against what the workers were told. */
export type Judgement = Readonly<{
  claims: number
  doubleClaims: number
  lostUpdates: number
  reclaimed: number
  manualRepairs: number
  finished: number
  /** Sentences about everything that is not as it must be. */
  faults: readonly string[]
}>

type Place = Readonly<{ key: string; fence: number; attempt: number; holder: string | null }>

// The end of a claim raises the fence, so that its lease is void: what it ends is one below.
const placeOf = ({ name, data }: Event): Place => ({
  key: String(data['key']),
  fence: Number(data['fence']) - (name === 'work.task_ended' ? 1 : 0),
  attempt: Number(data['attempt']),
  holder: typeof data['holder'] === 'string' ? data['holder'] : null,
})

/**
 * Judges a run. Double: a claim of a task that somebody holds, an end with another fence or
 * holder than the last claim, or one lease given to two workers. Lost: a note or a finish that
 * the hub acknowledged and the ledger does not hold.
 */
export const judge = (
  events: readonly Event[],
  seen: Seen,
  run: Readonly<{ from: number; people: ReadonlySet<string> }>,
): Judgement => {
  const during = events.filter(({ pos }) => pos > run.from)
  const claims = during.filter(({ name }) => name === 'work.task_claimed')
  const ends = during.filter(({ name }) => name === 'work.task_ended')
  const overlaps = [...overlapsOf(during), ...twiceGiven(seen)]
  const lost = lostOf(during, ends, seen)
  const expired = ends.filter(({ data }) => data['outcome'] === 'expired').map(placeOf)
  const reclaimed = expired.filter(({ key, fence }) =>
    claims.some((claim) => placeOf(claim).key === key && placeOf(claim).fence > fence),
  )
  const abandoned = abandonedOf(seen, new Set(reclaimed.map(leaseOf)))
  const repairs = during.filter(({ actor }) => actor !== null && run.people.has(actor))
  return {
    claims: claims.length,
    doubleClaims: overlaps.length,
    lostUpdates: lost.length,
    reclaimed: reclaimed.length,
    manualRepairs: repairs.length,
    finished: ends.filter(({ data }) => data['outcome'] === 'done').length,
    faults: [
      ...overlaps,
      ...lost,
      ...abandoned,
      ...repairs.map(({ name, pos }) => `a person did ${name} at ${pos}`),
      ...seen.failures,
    ],
  }
}

const isSame = (one: Place, other: Place): boolean =>
  one.fence === other.fence && one.attempt === other.attempt && one.holder === other.holder

const leaseOf = ({ key, fence }: Place): string => `${key}#${fence}`

/** Walks the events in their order and keeps the one open claim that a task may have. */
const overlapsOf = (events: readonly Event[]): readonly string[] => {
  const open = new Map<string, Place>()
  const faults: string[] = []
  for (const event of events) {
    const place = placeOf(event)
    const held = open.get(place.key)
    if (event.name === 'work.task_claimed') {
      if (held) faults.push(`${leaseOf(place)} was claimed while ${leaseOf(held)} was held`)
      open.set(place.key, place)
    } else if (event.name === 'work.task_ended') {
      if (!held || !isSame(held, place)) {
        faults.push(`${leaseOf(place)} ended, held was ${held ? leaseOf(held) : 'nothing'}`)
      }
      open.delete(place.key)
    }
  }
  for (const place of open.values()) faults.push(`${leaseOf(place)} is still held`)
  return faults
}

const twiceGiven = ({ claims }: Seen): readonly string[] => {
  const holders = new Map<string, string>()
  const faults: string[] = []
  for (const { lease, worker } of claims) {
    const other = holders.get(lease)
    if (other !== undefined) faults.push(`${lease} was given to ${other} and to ${worker}`)
    holders.set(lease, worker)
  }
  return faults
}

const lostOf = (
  events: readonly Event[],
  ends: readonly Event[],
  { notes, summaries, claims }: Seen,
): readonly string[] => {
  const texts = new Set(events.map(({ data }) => data['text']))
  const said = new Set(ends.map(({ data }) => data['summary']))
  const made = new Set(
    events
      .filter(({ name }) => name === 'work.task_claimed')
      .map((event) => leaseOf(placeOf(event))),
  )
  return [
    ...notes.filter((note) => !texts.has(note)).map((note) => `lost note: ${note}`),
    ...summaries.filter((text) => !said.has(text)).map((text) => `lost finish: ${text}`),
    ...claims.filter(({ lease }) => !made.has(lease)).map(({ lease }) => `lost claim: ${lease}`),
  ]
}

const abandonedOf = ({ claims }: Seen, reclaimed: ReadonlySet<string>): readonly string[] =>
  claims
    .filter(({ fate, lease }) => fate === 'killed' && !reclaimed.has(lease))
    .map(({ lease }) => `${lease} did not come back after its worker was killed`)
