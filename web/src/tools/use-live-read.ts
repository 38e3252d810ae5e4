import { useEffect, useRef } from 'react'
import type { Shape } from '../live/api.ts'
import { TOOLS_TOPIC } from '../live/tools.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { type Read, useRead } from '../live/use-read.ts'

/** What makes a reading old. */
export type Follows = 'servers' | 'calls' | 'both'

// The health of a server is no event: a pause that is over shows with the next look.
const LOOK_MS = 20_000

type Wanted<T> = Readonly<{ is: Shape<T>; follows: Follows; looks?: boolean }>

/** Reads something about tools, and again when it may be another; `looks`: now and then, too. */
export const useLiveRead = <T>(path: string | null, wanted: Wanted<T>): Read<T> => {
  const { is, follows, looks = false } = wanted
  const { tools } = useHall()
  const read = useRead(path, is)
  const { again } = read
  const servers = useTopic(TOOLS_TOPIC, tools.servers)
  const calls = useTopic(TOOLS_TOPIC, tools.calls)
  const mark = `${follows === 'calls' ? 0 : servers}/${follows === 'servers' ? 0 : calls}`
  const seen = useRef(mark)
  useEffect(() => {
    // The first reading is there already.
    if (seen.current === mark) return
    seen.current = mark
    again()
  }, [mark, again])
  useEffect(() => {
    if (!looks) return undefined
    const timer = setInterval(() => !document.hidden && again(), LOOK_MS)
    return () => clearInterval(timer)
  }, [looks, again])
  return read
}
