import { useCallback, useEffect, useRef, useState } from 'react'
import type { QueueReason } from '../../../../src/work/contract.ts'
import { shape } from '../../live/api.ts'
import { boardTopic } from '../../live/cards.ts'
import type { Reason } from '../../live/details.ts'
import { whyOf } from '../../live/own/why-of.ts'
import { useHall } from '../../live/use-hall.ts'

/** A task of the queue, and what keeps it from being handed out. */
export type QueueItem = Readonly<{ key: string; title: string; reasons: readonly Reason[] }>

/** A part of the queue, and how many tasks there are of every part. */
export type Queue = Readonly<{
  items: readonly QueueItem[]
  total: number
  next: string | null
  counts: Readonly<Record<QueueReason | 'ready' | 'waiting', number>>
}>

/** What is asked of the queue. */
export type QueueWish = Readonly<{
  project: string
  show: 'ready' | QueueReason | null
  agent: string | null
}>

/** The queue as it was read, and how to read on. */
export type QueueRead = Readonly<{
  data: Queue | null
  /** How many there are of every part; they stay while another part is read. */
  counts: Queue['counts'] | null
  trouble: string | null
  again(): void
  more(): void
}>

const isQueue = shape<Queue>('items', 'total', 'next', 'counts')
const PAGE = 50
const PAGES_MAX = 10
const GATHER_MS = 300
// A rest that is over is no event: it shows with the next look.
const LOOK_MS = 20_000

/** Reads a part of the queue, and again whenever a task of the project changed. */
export const useQueue = ({ project, show, agent }: QueueWish): QueueRead => {
  const { api, topics } = useHall()
  const [state, setState] = useState<Readonly<{ wish: string; data: Queue }> | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const [pages, setPages] = useState(1)
  const reads = useRef(0)
  const wish = pathOf({ project, show, agent })
  const again = useCallback((): void => {
    const own = ++reads.current
    const read = async (): Promise<Queue> => {
      let data = await api.read(wish, isQueue)
      for (let page = 1; page < Math.min(pages, PAGES_MAX) && data.next !== null; page++) {
        const rest = await api.read(`${wish}&cursor=${encodeURIComponent(data.next)}`, isQueue)
        data = { ...rest, items: [...data.items, ...rest.items] }
      }
      return data
    }
    read().then(
      (data) => {
        // An answer that was overtaken by a later question says how it was, not how it is.
        if (own !== reads.current) return
        setTrouble(null)
        setState({ wish, data })
      },
      (thrown: unknown) => {
        if (own !== reads.current) return
        setTrouble(whyOf(thrown))
      },
    )
  }, [api, wish, pages])
  useEffect(again, [again])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined
        again()
      }, GATHER_MS)
    }
    const stop = topics.subscribe(boardTopic(project), soon)
    const look = setInterval(() => !document.hidden && again(), LOOK_MS)
    return () => {
      stop()
      clearTimeout(timer)
      clearInterval(look)
    }
  }, [topics, project, again])
  return {
    data: state?.wish === wish ? state.data : null,
    counts: state?.data.counts ?? null,
    trouble,
    again,
    more: () => setPages((old) => old + 1),
  }
}

const pathOf = ({ project, show, agent }: QueueWish): string => {
  const parts = new URLSearchParams({ limit: String(PAGE) })
  if (show !== null) parts.set('show', show)
  if (agent !== null) parts.set('agent', agent)
  return `/projects/${project}/queue?${parts.toString()}`
}
