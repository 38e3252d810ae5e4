import { useCallback, useMemo, useRef, useState } from 'react'
import type { Group } from './group/groups.ts'

/** Keeps which lines are chosen; lines that are gone are not chosen any more. */
export const useChoice = (groups: readonly Group[]) => {
  const [marked, setMarked] = useState<ReadonlySet<string>>(NOTHING)
  const last = useRef<string | null>(null)
  const lines = useMemo(() => groups.flatMap(({ ids }) => ids), [groups])
  const chosen = useMemo((): ReadonlySet<string> => {
    if (marked.size === 0) return NOTHING
    return new Set(lines.filter((id) => marked.has(id)))
  }, [marked, lines])
  const choose = useCallback(
    (id: string, isRange: boolean): void => {
      const from = last.current
      last.current = id
      setMarked((old) => {
        const next = new Set(old)
        if (isRange && from !== null) {
          for (const one of between(lines, from, id)) next.add(one)
        } else if (!next.delete(id)) next.add(id)
        return next
      })
    },
    [lines],
  )
  const chooseNone = useCallback((): void => {
    last.current = null
    setMarked(NOTHING)
  }, [])
  return { chosen, choose, chooseNone }
}

const NOTHING: ReadonlySet<string> = new Set()

const between = (lines: readonly string[], from: string, to: string): readonly string[] => {
  const [a, b] = [lines.indexOf(from), lines.indexOf(to)]
  return a < 0 || b < 0 ? [to] : lines.slice(Math.min(a, b), Math.max(a, b) + 1)
}
