import type { BadPosition } from '../ledger/check.ts'
import { FIRST_EPOCH } from './epochs.ts'
import { type ParsedNote, readNote, readOrigin, signersOf } from '../ledger/note.ts'
import { growingTree } from '../ledger/tree.ts'

/** A restore that a ledger speaks of; `known` where its event need not be met on the walk. */
export type Claim = Readonly<{ epoch: number; keptTo: number; lostTo: number; known: boolean }>

/** Positions that a restore has taken away. */
export type Lost = Readonly<{ from: number; to: number }>

type NoteCheckOptions = Readonly<{
  orgId: string
  start: Readonly<{ size: number; frontier: Uint8Array }>
  claims: readonly Claim[]
  /** The public keys that are believed. */
  trusted: readonly Uint8Array[]
  /** Keys that are believed once a believed one has signed a note beside them. */
  offered?: readonly Uint8Array[]
}>

/** Compares signed notes with a ledger while somebody walks along its rows. */
export type NoteCheck = ReturnType<typeof noteCheck>

/** Starts to compare at a position whose tree is known. */
export const noteCheck = (options: NoteCheckOptions) => {
  const { orgId, start } = options
  const tree = growingTree(start)
  const trusted = [...options.trusted]
  const claims = new Map(options.claims.map((claim) => [claim.epoch, claim]))
  const told = new Set(options.claims.filter(({ known }) => known).map(({ epoch }) => epoch))
  let signedTo = start.size
  let compared = 0
  let startEpoch = 0

  /** Checks form and signatures; keys that sign beside a believed one are believed after it. */
  const parse = (note: string): (ParsedNote & { epoch: number }) | null => {
    const parsed = readNote(note)
    const origin = parsed && readOrigin(parsed.origin)
    if (!parsed || !origin || origin.orgId !== orgId) return null
    if (!signersOf(parsed, trusted)?.length) return null
    const beside = signersOf(parsed, options.offered ?? []) ?? []
    const fresh = beside.filter((key) => !trusted.some((known) => Buffer.compare(known, key) === 0))
    trusted.push(...fresh)
    return { ...parsed, epoch: origin.epoch }
  }

  /** Finds the restore that took away what a note of an older epoch covers. */
  const lossOf = ({ epoch, size }: { epoch: number; size: number }): Claim | undefined =>
    [...claims.values()]
      .filter((claim) => claim.epoch > epoch && claim.keptTo < size)
      .toSorted((a, b) => a.epoch - b.epoch)[0]

  const bad = (why: BadPosition['why'], upTo: number): BadPosition => {
    const pos = Math.min(signedTo + 1, Math.max(upTo, 1))
    return { pos, why, ...(upTo > pos && { upTo }) }
  }

  const compare = (notes: readonly (ParsedNote & { epoch: number })[]): BadPosition | null => {
    const newest = Math.max(FIRST_EPOCH, ...claims.keys())
    const here: (ParsedNote & { epoch: number })[] = []
    for (const note of notes) {
      const loss = lossOf(note)
      if (loss && note.size > loss.lostTo) return { pos: loss.lostTo + 1, why: 'fork' }
      if (loss) continue
      if (note.epoch > newest) return bad('fork', note.size)
      here.push(note)
    }
    const [first] = here
    if (!first) return null
    const twice = here.some((one) =>
      here.some((two) => one.origin === two.origin && !one.root.equals(two.root)),
    )
    if (twice) return bad('fork', first.size)
    if (first.size > tree.size()) return { pos: tree.size() + 1, why: 'truncated' }
    if (first.size < tree.size()) return bad('fork', first.size)
    const root = tree.root()
    if (!here.every((note) => note.root.equals(root))) return bad('root_mismatch', first.size)
    signedTo = first.size
    compared += here.length
    if (first.size === start.size) startEpoch = Math.max(...here.map(({ epoch }) => epoch))
    return null
  }

  return {
    size: () => tree.size(),
    /** Hears of the next row. */
    row({ hash, name, data }: Readonly<{ hash: Uint8Array; name: string; data: object }>): void {
      tree.add(hash)
      if (name !== 'platform.ledger_restored') return
      const claim = claimOf(data)
      if (claim === null) return
      const known = claims.get(claim.epoch)
      if (known && (known.keptTo !== claim.keptTo || known.lostTo !== claim.lostTo)) return
      claims.set(claim.epoch, claim)
      told.add(claim.epoch)
    },
    /** Checks all notes of one size, when the walk is there. */
    notes(size: number, texts: readonly string[]): BadPosition | null {
      const parsed = texts.map(parse)
      const whole = parsed.flatMap((note) => (note?.size === size ? note : []))
      if (whole.length < texts.length) return bad('bad_signature', size)
      return compare(whole)
    },
    /** Says at the end what no event has spoken of. */
    end(): BadPosition | null {
      const silent = [...claims.values()].find(
        // What happened before the start is told by the epoch of the note that stands there.
        ({ epoch, keptTo }) => !told.has(epoch) && (keptTo >= start.size || epoch > startEpoch),
      )
      return silent ? { pos: silent.keptTo + 1, why: 'fork' } : null
    },
    signedTo: () => (compared > 0 ? signedTo : 0),
    /** Notes that were compared with the rows, and hold. */
    compared: () => compared,
    lost: (): readonly Lost[] =>
      [...claims.values()]
        .filter(({ keptTo, lostTo }) => lostTo > keptTo)
        .map(({ keptTo, lostTo }) => ({ from: keptTo + 1, to: lostTo })),
  }
}

const claimOf = (data: object): Claim | null => {
  const { epoch, keptTo, lostTo }: { epoch?: unknown; keptTo?: unknown; lostTo?: unknown } = data
  if (typeof epoch !== 'number' || typeof keptTo !== 'number' || typeof lostTo !== 'number') {
    return null
  }
  return { epoch, keptTo, lostTo, known: true }
}
