import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { chunksOf } from './chunks.ts'

type LongListProps<T> = Readonly<{
  label: string
  items: readonly T[]
  /** How many there are in all; those that are here are the last of them. */
  total: number
  idOf(item: T): string
  show(item: T): ReactNode
}>

// Some screens of comments of a usual length.
const CHUNK_ITEMS = 25
/** Up to here everything is there, for whoever searches the page for a word. */
const WHOLE_ITEMS_MAX = 150
/** So far around what is in sight, in pixels, things are there. */
const NEAR_PX = 1200

/**
 * Shows a list that may be thousands long, of things of any height. Those that are far from sight
 * leave a gap, as high as they were; whatever has the focus stays.
 */
export const LongList = <T,>({ label, items, total, idOf, show }: LongListProps<T>) => {
  const anchor = useAnchor(items.map(idOf))
  const before = total - items.length
  const isLong = items.length > WHOLE_ITEMS_MAX
  return (
    <div role="list" aria-label={label} className="grid grid-cols-1 gap-4">
      {chunksOf(items, { anchor, size: CHUNK_ITEMS }).map(({ name, from, items: some }) => (
        <Chunk key={name} isLong={isLong}>
          {some.map((item, at) => (
            <div
              key={idOf(item)}
              role="listitem"
              aria-setsize={total}
              aria-posinset={before + from + at + 1}
              className="min-w-0"
            >
              {show(item)}
            </div>
          ))}
        </Chunk>
      ))}
    </div>
  )
}

/** Gives where the first one stands now that was ever shown. */
const useAnchor = (ids: readonly string[]): number => {
  const [first, setFirst] = useState(ids[0])
  const at = first === undefined ? -1 : ids.indexOf(first)
  // Another list than before begins anew.
  if (at < 0 && ids[0] !== first) setFirst(ids[0])
  return Math.max(0, at)
}

type ChunkProps = Readonly<{ isLong: boolean; children: ReactNode }>

const Chunk = ({ isLong, children }: ChunkProps) => {
  const ref = useRef<HTMLDivElement>(null)
  const gapPx = useGap(ref, isLong)
  return (
    <div
      ref={ref}
      data-gap={gapPx !== null}
      className="grid min-w-0 grid-cols-1 gap-4"
      style={gapPx === null ? undefined : { height: gapPx }}
    >
      {gapPx === null && children}
    </div>
  )
}

/** Gives how high a gap is left for something that is far from sight; `null` where it is near. */
const useGap = (ref: RefObject<HTMLElement | null>, isLong: boolean): number | null => {
  const [gapPx, setGapPx] = useState<number | null>(null)
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null || !isLong) return undefined
    const look = (entries: readonly IntersectionObserverEntry[]): void => {
      const entry = entries.at(-1)
      if (entry === undefined || element.contains(document.activeElement)) return
      const { height } = entry.boundingClientRect
      setGapPx((gap) => (entry.isIntersecting ? null : (gap ?? height)))
    }
    const root = scrollerOf(element)
    const observer = new IntersectionObserver(look, { root, rootMargin: `${NEAR_PX}px 0px` })
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref, isLong])
  return isLong ? gapPx : null
}

const scrollerOf = (element: HTMLElement): HTMLElement | null => {
  for (let box = element.parentElement; box !== null; box = box.parentElement) {
    if (/^(auto|scroll)$/.test(getComputedStyle(box).overflowY)) return box
  }
  return null
}
