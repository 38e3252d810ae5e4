import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { boardTopic } from '../../live/cards.ts'
import type { Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'

const MOVE_MS = 180
const EASING = 'cubic-bezier(0.2, 0, 0, 1)'
/** More cards than this moving at once tell nobody anything; they are just there. */
const MOVING_MAX = 60

type Before = Readonly<{ places: ReadonlyMap<string, DOMRect>; focused: string | null }>

/**
 * Lets cards slide to where others moved them, and keeps the focus on its card when that card
 * moves: what was there is noted when the store tells of a change, before the page is drawn anew.
 */
export const useLiveMoves = (board: RefObject<HTMLElement | null>, project: Project): void => {
  const { topics } = useHall()
  const before = useRef<Before | null>(null)
  useEffect(
    () =>
      topics.subscribe(boardTopic(project.key), () => {
        if (board.current && !document.hidden) before.current = noted(board.current)
      }),
    [topics, project.key, board],
  )
  useLayoutEffect(() => {
    const old = before.current
    before.current = null
    const element = board.current
    if (old === null || element === null) return
    slide(element, old.places)
    keepFocus(element, old.focused)
  })
}

const cardsIn = (board: HTMLElement): readonly HTMLElement[] => [
  ...board.querySelectorAll<HTMLElement>('li[data-id]'),
]

const idOf = (card: HTMLElement): string => card.dataset['id'] ?? ''

const noted = (board: HTMLElement): Before => {
  const focused = document.activeElement?.closest<HTMLElement>('li[data-id]')
  const places = new Map(cardsIn(board).map((card) => [idOf(card), card.getBoundingClientRect()]))
  return { places, focused: focused && board.contains(focused) ? idOf(focused) : null }
}

const slide = (board: HTMLElement, places: Before['places']): void => {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const moved = cardsIn(board).flatMap((card) => {
    const from = places.get(idOf(card))
    if (from === undefined) return []
    const to = card.getBoundingClientRect()
    const [dx, dy] = [from.left - to.left, from.top - to.top]
    return Math.abs(dx) + Math.abs(dy) < 2 ? [] : [{ card, dx, dy }]
  })
  if (moved.length > MOVING_MAX) return
  for (const { card, dx, dy } of moved) {
    card.animate([{ translate: `${dx}px ${dy}px` }, { translate: '0 0' }], {
      duration: MOVE_MS,
      easing: EASING,
    })
  }
}

// A card that changes its column is another element there: the focus would be lost with the old.
const keepFocus = (board: HTMLElement, id: string | null): void => {
  if (id === null || document.activeElement !== document.body) return
  const card = cardsIn(board).find((one) => idOf(one) === id)
  card?.querySelector<HTMLElement>('[data-card]')?.focus({ preventScroll: true })
}
