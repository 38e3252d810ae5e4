import { useCallback, useEffect, useRef, useState } from 'react'
import type { Shape } from './api.ts'
import { useAgainWhenBack, worthSaying } from './own/use-again-when-back.ts'
import { useHall } from './use-hall.ts'

/** Something that was read once, and how to read it again. */
export type Read<T> = Readonly<{ data: T | null; trouble: string | null; again(): void }>

/** Reads what no event keeps up to date here; `null` reads nothing. */
export const useRead = <T>(path: string | null, is: Shape<T>): Read<T> => {
  const { api } = useHall()
  const [data, setData] = useState<T | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const reads = useRef(0)
  const again = useCallback((): void => {
    if (path === null) return
    const own = ++reads.current
    api.read(path, is).then(
      (found) => {
        // An answer that was overtaken says how it was, not how it is.
        if (own !== reads.current) return
        setTrouble(null)
        setData(found)
      },
      (thrown: unknown) => {
        if (own === reads.current) setTrouble(thrown instanceof Error ? thrown.message : '?')
      },
    )
  }, [api, path, is])
  useEffect(again, [again])
  const isLive = useAgainWhenBack(trouble, again)
  const said = worthSaying(trouble, { isLive, isRead: data !== null })
  return { data, trouble: said, again }
}
