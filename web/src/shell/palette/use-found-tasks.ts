import { useEffect, useState } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import { shape } from '../../live/api.ts'
import type { Hall } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { cutText } from '../../ui/signs.ts'

/** A task as the palette shows it. */
export type FoundTask = Readonly<Pick<Card, 'key' | 'title' | 'column' | 'category'>>

const isFound = shape<{ items: readonly FoundTask[] }>('items')
/** Between the last press and the question: writers do not ask for every letter. */
const PAUSE_MS = 70
const FOUND_MAX = 8
const Q_LETTERS_MAX = 200
const LETTERS_MIN = 2
const KEY = /^[a-z][a-z0-9]{1,9}-[1-9][0-9]*$/i

/** Finds tasks whose key or title holds what was written, among those that are here already. */
export const localTasks = ({ store }: Hall, wanted: string): readonly FoundTask[] => {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const found: Card[] = []
  for (const card of store.cards.all()) {
    const text = `${card.key} ${card.title}`.toLowerCase()
    if (words.every((word) => text.includes(word))) found.push(card)
    if (found.length >= FOUND_MAX) break
  }
  return found
}

/** Finds tasks on the hub, in all projects that the person may read. */
export const useFoundTasks = (wanted: string): readonly FoundTask[] => {
  const { api } = useHall()
  const [found, setFound] = useState<Readonly<{ q: string; items: readonly FoundTask[] }>>(NOTHING)
  // Signs of the query language are no filters here: the palette looks for words.
  const words = wanted.replaceAll(/[:@"]/g, ' ').split(/\s+/).filter(Boolean)
  const q = words.map((word) => (KEY.test(word) ? word.toUpperCase() : word)).join(' ')
  const isAsked = q.length >= LETTERS_MIN
  useEffect(() => {
    if (!isAsked) return undefined
    let isOld = false
    const timer = setTimeout(() => {
      const path = `/tasks?limit=${FOUND_MAX}&q=${encodeURIComponent(cutText(q, Q_LETTERS_MAX))}`
      api.read(path, isFound).then(
        ({ items }) => !isOld && setFound({ q, items }),
        // What is here already is found without the hub.
        () => {},
      )
    }, PAUSE_MS)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [api, q, isAsked])
  return isAsked && found.q === q ? found.items : []
}

const NOTHING = { q: '', items: [] } as const
