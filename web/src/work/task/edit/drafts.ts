import { useCallback, useState } from 'react'
import type { Hall } from '../../../live/hall.ts'
import { useHall } from '../../../live/use-hall.ts'

// What somebody wrote and did not save stays while they look at something else; it goes with the
// hall, and so never meets the eyes of whoever signs in next.
const kept = new WeakMap<Hall, Map<string, string>>()
const DRAFTS_MAX = 100

/** A text that is being written; `null` where there is none. */
export type Draft = Readonly<{
  text: string | null
  write(text: string): void
  drop(): void
}>

/** Keeps a text that is being written, by the place where it belongs. */
export const useDraft = (place: string): Draft => {
  const hall = useHall()
  const [text, setText] = useState(() => draftsOf(hall).get(place) ?? null)
  const write = useCallback(
    (next: string) => {
      const drafts = draftsOf(hall)
      drafts.delete(place)
      drafts.set(place, next)
      const [oldest] = drafts.keys()
      if (drafts.size > DRAFTS_MAX && oldest !== undefined) drafts.delete(oldest)
      setText(next)
    },
    [hall, place],
  )
  const drop = useCallback(() => {
    draftsOf(hall).delete(place)
    setText(null)
  }, [hall, place])
  return { text, write, drop }
}

const draftsOf = (hall: Hall): Map<string, string> => {
  const drafts = kept.get(hall) ?? new Map<string, string>()
  kept.set(hall, drafts)
  return drafts
}
