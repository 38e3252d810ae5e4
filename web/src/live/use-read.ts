import { useCallback, useEffect, useRef, useState } from 'react'
import type { Shape } from './api.ts'
import { whyOf } from './own/why-of.ts'
import { useAgainWhenBack, worthSaying } from './own/use-again-when-back.ts'
import { useHall } from './use-hall.ts'

/** Something that was read once, and how to read it again. */
export type Read<T> = Readonly<{ data: T | null; trouble: string | null; again(): void }>

/**
 * Reads what no event keeps up to date here; `null` reads nothing. What was read of another address
 * stays until this one is read, if `stays` is set.
 */
export const useRead = <T>(path: string | null, is: Shape<T>, stays = true): Read<T> => {
  const { api } = useHall()
  const [found, setFound] = useState<Readonly<{ path: string; data: T }> | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const reads = useRef(0)
  const again = useCallback((): void => {
    if (path === null) return
    const own = ++reads.current
    api.read(path, is).then(
      (data) => {
        // An answer that was overtaken says how it was, not how it is.
        if (own !== reads.current) return
        setTrouble(null)
        setFound({ path, data })
      },
      (thrown: unknown) => {
        if (own === reads.current) setTrouble(whyOf(thrown))
      },
    )
  }, [api, path, is])
  useEffect(again, [again])
  const isLive = useAgainWhenBack(trouble, again)
  const data = found !== null && (stays || found.path === path) ? found.data : null
  return { data, trouble: worthSaying(trouble, { isLive, isRead: data !== null }), again }
}
