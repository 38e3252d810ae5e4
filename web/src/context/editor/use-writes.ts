import { useState } from 'react'
import { type Api, Refused } from '../../live/api.ts'
import { whyOf } from '../../live/own/why-of.ts'
import { useHall } from '../../live/use-hall.ts'
import type { Json } from '../../tools/json.ts'
import { isSame } from '../node/paths.ts'
import { isTiers, isVersions, isWritten, type Tier, type Version } from '../views.ts'

/** A change of what a place says. */
export type Change = Readonly<{
  /** The place as the person saw it when they began. */
  base: Tier
  /** The key that it is about, where it is about one. */
  path?: string
  /** What the change is about: where that is as the person saw it, nobody is overwritten. */
  about(own: Json): unknown
  next(own: Json): Json
  /** What is said when it is done. */
  done: string
}>

/** A change that somebody was faster than. */
export type Conflict = Readonly<{
  change: Change
  /** What they wrote since the person began, newest first. */
  since: readonly Version[]
  /** The place as it is now. */
  theirs: Tier
}>

/** Writes places, shown at once. */
export type Writes = Readonly<{
  /** The tiers with what is under way. */
  shown: readonly Tier[]
  /** Tells whether a change of a place is under way. */
  isUnderWay(at: string): boolean
  conflict: Conflict | null
  /** Tells whether it was written. */
  write(change: Change): Promise<boolean>
  /** Writes a change that was in conflict over what is there now. */
  writeOver(conflict: Conflict): Promise<boolean>
  leave(): void
}>

type Overlay = Readonly<{ data: Json; version: number | null }>
type Overlays = ReadonlyMap<string, Overlay>
type Read = Readonly<{ tiers: readonly Tier[]; again(): void }>

const SINCE_MAX = 20
const ATTEMPTS_MAX = 3

/** Makes the way in which a page changes contexts: at once here, by version at the hub. */
export const useWrites = ({ tiers, again }: Read): Writes => {
  const { api, notices, undo } = useHall()
  const [overlays, setOverlays] = useState<Overlays>(new Map())
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const lay = (at: string, overlay: Overlay | null): void =>
    setOverlays((before) => new Map(before).set(at, overlay ?? NOTHING))
  const shown = tiers.map((tier) => laid(tier, overlays.get(tier.at)))

  const put = async (at: string, data: Json, version: number): Promise<number> => {
    lay(at, { data, version: null })
    try {
      const written = await api.change(['PUT', '/context'], { at, data, version }, isWritten)
      lay(at, { data, version: written.version })
      return written.version
    } catch (thrown) {
      lay(at, null)
      throw thrown
    } finally {
      again()
    }
  }
  const putOver = async (change: Change, over: Tier): Promise<void> => {
    const { at, data: was, version } = over
    const data = change.next(was)
    const made = await put(at, data, version)
    if (made === version) return notices.show('ok', `${at} says that already.`)
    const back = (from: number): Promise<number> => put(at, was, from)
    const anew = (from: number): Promise<number> => put(at, data, from)
    undo.did({ subject: at, made, said: change.done, back, again: anew })
  }
  /** Writes over a place as it is, unless what the change is about is another than before. */
  const attempt = async (change: Change, over: Tier, left: number): Promise<boolean> => {
    const { base, about } = change
    if (!isSame(about(over.data), about(base.data))) {
      setConflict({ change, theirs: over, since: await readSince(api, base) })
      return false
    }
    try {
      await putOver(change, over)
      return true
    } catch (thrown) {
      if (!isStale(thrown) || left === 0) throw thrown
      return attempt(change, await readTier(api, over), left - 1)
    }
  }
  const told = (thrown: unknown): boolean => {
    notices.show('bad', whyOf(thrown))
    return false
  }
  return {
    shown,
    isUnderWay: (at) => overlays.get(at)?.version === null,
    conflict,
    write: (change) => {
      const over = shown.find(({ at }) => at === change.base.at) ?? change.base
      return attempt(change, over, ATTEMPTS_MAX).catch(told)
    },
    writeOver: ({ change, theirs }) => {
      setConflict(null)
      const seen = { ...change, base: theirs }
      return readTier(api, theirs)
        .then((now) => attempt(seen, now, ATTEMPTS_MAX))
        .catch(told)
    },
    leave: () => setConflict(null),
  }
}

// No row has this version: whatever was read is newer.
const NOTHING: Overlay = { data: {}, version: -1 }

const laid = (tier: Tier, overlay: Overlay | undefined): Tier => {
  if (overlay === undefined) return tier
  const { data, version } = overlay
  if (version === null) return { ...tier, data }
  // The hub has confirmed it, and the next reading will say so, too.
  return tier.version < version ? { ...tier, data, version } : tier
}

const isStale = (thrown: unknown): boolean =>
  thrown instanceof Refused && thrown.code === 'context.node_changed'

const readTier = async (api: Api, tier: Tier): Promise<Tier> => {
  const { items } = await api.read(`/context/tiers?at=${encodeURIComponent(tier.at)}`, isTiers)
  return items.at(-1) ?? tier
}

const readSince = async (api: Api, { at, version }: Tier): Promise<readonly Version[]> => {
  const path = `/context/versions?at=${encodeURIComponent(at)}&limit=${SINCE_MAX}`
  const { items } = await api.read(path, isVersions)
  return items.filter((one) => one.version > version)
}
