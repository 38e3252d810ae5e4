import { useEffect, useState } from 'react'
import type { Card } from '../../../../../src/work/contract.ts'
import { shape } from '../../../live/api.ts'
import { useHall } from '../../../live/use-hall.ts'
import { whyOf } from '../../../live/own/why-of.ts'

type Found = Readonly<{ items: readonly Pick<Card, 'key' | 'title' | 'category'>[] }>

const isFound = shape<Found>('items')
const SEARCH_MS = 150
const FOUND_MAX = 20

/** Finds tasks besides one as words are typed; `queryOf` says what the hub is asked for them. */
export const useFoundTasks = (own: string, queryOf: (words: string) => string) => {
  const { api } = useHall()
  const [text, search] = useState('')
  const [found, setFound] = useState<Found['items']>([])
  const [trouble, setTrouble] = useState<string | null>(null)
  const path = `/tasks?${queryOf(encodeURIComponent(text.trim()))}&limit=${FOUND_MAX}`
  useEffect(() => {
    let isLeft = false
    const done = (items: Found['items'], said: string | null): void => {
      if (isLeft) return
      setFound(items.filter(({ key }) => key !== own))
      setTrouble(said)
    }
    const timer = setTimeout(() => {
      api.read(path, isFound).then(
        ({ items }) => done(items, null),
        (thrown: unknown) => done([], whyOf(thrown)),
      )
    }, SEARCH_MS)
    return () => {
      isLeft = true
      clearTimeout(timer)
    }
  }, [api, path, own])
  return { found, search, trouble }
}
