import { type RefObject, useLayoutEffect, useRef } from 'react'
import type { Cursor } from './board-context.ts'
import type { Cell } from './cell.ts'
import { useCell } from './cell.ts'
import { type ColumnShape, topOf } from './shape.ts'

type Anchored = Readonly<{
  scroller: RefObject<HTMLElement | null>
  /** Pixels in the scroller above the first card. */
  offset: number
  columns: readonly ColumnShape[]
  pitch: number
  cursor: Cell<Cursor>
}>

/**
 * Keeps what somebody looks at where it is while others move cards: the card in focus if it is in
 * sight, else the first one that is.
 */
export const useAnchor = ({ scroller, offset, columns, pitch, cursor }: Anchored): void => {
  const before = useRef<Readonly<{ columns: readonly ColumnShape[]; pitch: number }> | null>(null)
  useLayoutEffect(() => {
    const old = before.current
    before.current = { columns, pitch }
    const element = scroller.current
    if (!element || old === null || old.pitch !== pitch) return
    const from = element.scrollTop - offset
    const anchor = anchorOf(old.columns, { from, height: element.clientHeight, pitch, cursor })
    if (anchor === null) return
    const shifts = columns.map((column) => topOf(column, anchor.id, pitch))
    const top = shifts.find((one) => one !== null)
    if (top === undefined || top === null || top === anchor.top) return
    element.scrollTo({ top: element.scrollTop + top - anchor.top })
  }, [scroller, offset, columns, pitch, cursor])
}

type Sight = Readonly<{ from: number; height: number; pitch: number; cursor: Cell<Cursor> }>

const anchorOf = (columns: readonly ColumnShape[], { from, height, pitch, cursor }: Sight) => {
  const { id } = cursor.get()
  if (id !== null) {
    for (const column of columns) {
      const top = topOf(column, id, pitch)
      if (top !== null && top + pitch > from && top < from + height) return { id, top }
    }
  }
  // At its top a list shows what comes in; only who has scrolled down wants to stay.
  if (from <= 0) return null
  for (const { segments } of columns) {
    for (const { ids, top } of segments) {
      const at = Math.max(0, Math.ceil((from - top) / pitch))
      const first = ids[at]
      if (first !== undefined) return { id: first, top: top + at * pitch }
    }
  }
  return null
}

type Brought = Omit<Anchored, 'columns'> &
  Readonly<{ column: ColumnShape | null; granted: Cell<number> }>

/** Scrolls the card that keys go to into sight; only a wish does so, never what others move. */
export const useBringIntoView = ({ column, granted, ...place }: Brought): void => {
  const { scroller, offset, pitch, cursor } = place
  const { id, tick } = useCell(cursor, (now) => now)
  useLayoutEffect(() => {
    const element = scroller.current
    if (tick === granted.get() || id === null || column === null || !element) return
    const place = topOf(column, id, pitch)
    if (place === null) return
    granted.set(tick)
    const top = place + offset
    const below = top + pitch - element.clientHeight
    // A head may stick to the top of the scroller: what is below it is in sight.
    if (element.scrollTop > top - offset) element.scrollTo({ top: top - offset })
    else if (element.scrollTop < below) element.scrollTo({ top: below })
    const list = element.querySelector(`[data-list="${CSS.escape(column.name)}"]`)
    list?.closest('section, ul')?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
  }, [scroller, offset, column, pitch, granted, id, tick])
}
