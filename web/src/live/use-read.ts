import { useCallback, useEffect, useState } from 'react'
import type { Shape } from './api.ts'
import { useHall } from './use-hall.ts'

/** Something that was read once, and how to read it again. */
export type Read<T> = Readonly<{ data: T | null; trouble: string | null; again(): void }>

/** Reads what no event keeps up to date here; `null` reads nothing. */
export const useRead = <T>(path: string | null, is: Shape<T>): Read<T> => {
  const { api } = useHall()
  const [data, setData] = useState<T | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const again = useCallback((): void => {
    if (path === null) return
    api.read(path, is).then(
      (found) => {
        setTrouble(null)
        setData(found)
      },
      (thrown: unknown) => setTrouble(thrown instanceof Error ? thrown.message : String(thrown)),
    )
  }, [api, path, is])
  useEffect(again, [again])
  return { data, trouble, again }
}
