import { useEffect, useState } from 'react'
import type { Card, Task } from '../../../../../src/work/contract.ts'
import { shape } from '../../../live/api.ts'
import { projectOf } from '../../../live/cards.ts'
import { useHall } from '../../../live/use-hall.ts'

type Found = Readonly<{ items: readonly Pick<Card, 'key' | 'title' | 'category'>[] }>

const isFound = shape<Found>('items')
const SEARCH_MS = 150
const FOUND_MAX = 20

/** Finds tasks of the same project by words or key, as they are typed. */
export const useFoundTasks = ({ key }: Pick<Task, 'key'>) => {
  const { api } = useHall()
  const [text, search] = useState('')
  const [found, setFound] = useState<Found['items']>([])
  useEffect(() => {
    let isLeft = false
    const words = encodeURIComponent(text.trim())
    const path = `/tasks?q=${words}&project=${projectOf(key)}&limit=${FOUND_MAX}`
    const timer = setTimeout(() => {
      api.read(path, isFound).then(
        ({ items }) => !isLeft && setFound(items.filter((item) => item.key !== key)),
        // What cannot be searched for finds nothing; the next letter may.
        () => !isLeft && setFound([]),
      )
    }, SEARCH_MS)
    return () => {
      isLeft = true
      clearTimeout(timer)
    }
  }, [api, key, text])
  return { found, search }
}
