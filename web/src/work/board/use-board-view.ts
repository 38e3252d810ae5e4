import { useNavigate, useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import type { Hall, Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { saveCards } from '../edits.ts'
import { dropGoal, type Goal, isColumnFull, moveTask } from '../moves.ts'
import type { BoardView, Cursor, InPlace } from './board-context.ts'
import { toggled } from './board-keys.ts'
import type { BoardSearch } from './board-search.ts'
import { cellOf } from './cell.ts'
import { type Change, changeOf } from './edit/choices.ts'
import { type LaneChange, laneChange } from './lanes.ts'
import { columnOf, pitchOf, type Shape, type Spot } from './shape.ts'

/** What is done to the cards of a board, besides what its parts share. */
export type BoardDeeds = Readonly<{
  view: BoardView
  shape: () => Shape
  move(id: string, goal: Goal): void
  change(cards: readonly Card[], change: Change): void
  /** Gives the cards that keys and menus act on: the chosen ones, else the one in focus. */
  targets(): readonly Card[]
}>

type Wish = Readonly<{
  project: Project
  search: BoardSearch
  shape: Shape
  openKey: string | undefined
  openMove(): void
  openCreate(column?: string): void
  set(search: BoardSearch): void
}>

/** Makes what the parts of a board share, and what is done to its cards. */
export const useBoardView = (wish: Wish): BoardDeeds => {
  const { project, search, openKey } = wish
  const hall = useHall()
  const latest = useRef(wish)
  useEffect(() => {
    latest.current = wish
  })
  const [cells] = useState(() => boardCells(hall, wish.openKey))
  const shape = useCallback(() => latest.current.shape, [])
  const links = useLinks(search)
  const deeds = useDeeds({ hall, project, cells })
  const mayMove = hall.may('task:write', project.key)
  const view = useMemo((): BoardView => {
    const { chosen } = cells
    const ground = { ...deeds, hall, project, search, chosen: chosen.get }
    return {
      ...cells,
      ...links,
      ...{ project, mayMove, search, openKey },
      focusOn: deeds.focusOn,
      pitch: pitchOf(search),
      noteFocus: (id) => noteFocus(cells, id),
      openMove(id) {
        deeds.focusOn(id)
        latest.current.openMove()
      },
      openCreate: (column) => latest.current.openCreate(column),
      choose: (id, event) => choose({ ...cells, hall, shape, mayMove }, id, event),
      drop: (id, column, spot) => drop(ground, { id, column, spot }),
      toggleLane(id) {
        const closed = [...toggled(new Set(search.closed), id)]
        const { closed: _, ...rest } = search
        latest.current.set(closed.length > 0 ? { ...rest, closed } : rest)
      },
    }
  }, [hall, project, search, openKey, mayMove, cells, links, deeds, shape])
  return { view, shape, ...deeds }
}

// A dialog that closes gives the focus back to where it was; a wish that came meanwhile wins, if
// its card is there at all.
const noteFocus = ({ cursor, granted }: Cells, id: string): void => {
  const now = cursor.get()
  if (now.id === id) return
  const isWished = now.id !== null && now.tick !== granted.focus.get()
  const isThere = document.querySelector(`li[data-id="${CSS.escape(now.id ?? '')}"]`) !== null
  if (isWished && isThere) return cursor.set({ ...now, tick: now.tick + 1 })
  granted.focus.set(now.tick)
  cursor.set({ ...now, id })
}

// A link of the router for each card would cost more than the card.
const useLinks = (search: BoardSearch): Pick<BoardView, 'hrefOf' | 'open'> => {
  const navigate = useNavigate()
  const { stringifySearch } = useRouter().options
  return useMemo(() => {
    const query = stringifySearch({ ...search })
    return {
      hrefOf: (key) => `/t/${key}${query}`,
      open(key) {
        navigate({ to: '/t/$key', params: { key }, search }).catch(() => {})
      },
    }
  }, [navigate, stringifySearch, search])
}

type Cells = ReturnType<typeof boardCells>
type DeedsGround = Readonly<{ hall: Hall; project: Project; cells: Cells }>
type Deeds = Pick<BoardDeeds, 'move' | 'change' | 'targets'> & Pick<BoardView, 'focusOn'>

const useDeeds = ({ hall, project, cells }: DeedsGround): Deeds =>
  useMemo(() => {
    const { cursor, chosen, refusal } = cells
    const focusOn = (id: string): void => cursor.set({ id, tick: cursor.get().tick + 1 })
    const refusedIn = (column: string | undefined) => (thrown: unknown) => {
      if (column === undefined || !isColumnFull(thrown)) return false
      refusal.set({ column, text: thrown.message })
      return true
    }
    // A card stands in its new column at once, and the focus goes with it.
    const shown = (id: string | undefined): void => {
      hall.topics.flush()
      if (id !== undefined) focusOn(id)
    }
    return {
      focusOn,
      move(id, goal) {
        const card = hall.store.cards.get(id)
        if (!card) return
        refusal.set(null)
        const moved = moveTask(hall, { card, goal, project, refused: refusedIn(goal.column) })
        shown(id)
        moved.catch(() => {})
      },
      change(cards, what) {
        refusal.set(null)
        const [first] = cards
        const column = first && what.shown(first).column
        const saved = saveCards(hall, { cards, ...what, refused: refusedIn(column) })
        shown(first?.id)
        saved.catch(() => {})
      },
      targets() {
        const ids = chosen.get().size > 0 ? [...chosen.get()] : [cursor.get().id ?? '']
        return ids.flatMap((id) => hall.store.cards.get(id) ?? [])
      },
    }
  }, [hall, project, cells])

const boardCells = (hall: Hall, openKey: string | undefined) => {
  const { cards } = hall.store
  // A task that was opened by its address is brought into sight on the board beside it.
  const id = openKey === undefined ? undefined : cards.byKey(openKey)?.id
  const first: Cursor = id === undefined ? { id: null, tick: 0 } : { id, tick: 1 }
  return {
    cursor: cellOf<Cursor>(first),
    granted: { sight: cellOf(0), focus: cellOf(0) },
    chosen: cellOf<ReadonlySet<string>>(new Set()),
    refusal: cellOf<InPlace | null>(null),
  }
}

type Choosing = Pick<BoardView, 'chosen' | 'cursor' | 'mayMove'> &
  Readonly<{ hall: Hall; shape: () => Shape }>
type Keyed = Readonly<{ shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }>

// Shift chooses all from the card in focus to this one, the command key this one alone.
const choose = (
  { chosen, cursor, mayMove, hall, shape }: Choosing,
  id: string,
  { shiftKey, ctrlKey, metaKey }: Keyed,
): boolean => {
  if (!mayMove || !(shiftKey || ctrlKey || metaKey)) return false
  const anchor = cursor.get().id
  if (!shiftKey || anchor === null) {
    chosen.set(toggled(chosen.get(), id))
  } else {
    const ids = columnOf(hall, shape(), id)?.ids ?? []
    const [from, to] = [ids.indexOf(anchor), ids.indexOf(id)]
    const range = from < 0 ? [id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1)
    chosen.set(new Set([...chosen.get(), ...range]))
  }
  return true
}

type DropGround = Readonly<{
  hall: Hall
  project: Project
  search: BoardSearch
  chosen(): ReadonlySet<string>
  move: BoardDeeds['move']
  change: BoardDeeds['change']
}>
type Dropped = Readonly<{ id: string; column: string; spot: Spot }>

const drop = (ground: DropGround, { id, column, spot }: Dropped): void => {
  const { hall, project, search, chosen, move, change } = ground
  const card = hall.store.cards.get(id)
  if (card === undefined) return
  const status = { value: column, name: column, mark: {}, isOn: false }
  const moved = changeOf('status', status, project)
  if (moved === null) return
  if (chosen().has(id) && chosen().size > 1) {
    const cards = [...chosen()].flatMap((one) => hall.store.cards.get(one) ?? [])
    return change(cards, moved)
  }
  const turned = search.lanes === undefined ? null : laneChange(card, search.lanes, spot.lane)
  if (turned !== null) return change([card], inLane(moved, turned))
  if (search.sort === undefined) {
    const goal = dropGoal(hall, spot.ids, { id, column, index: spot.index })
    if (goal) move(id, goal)
    return
  }
  // Within an order that is not the rank, a place among the others means nothing.
  if (card.column !== column) move(id, { column })
}

// To another lane and column at once: both are saved, or neither.
const inLane = (moved: Change, turned: LaneChange): Change => ({
  ...moved,
  fields: (card) => ({ ...moved.fields(card), ...turned.fields }),
  shown: (card) => ({ ...moved.shown(card), ...turned.shown }),
  back: (card) => ({ ...moved.back(card), ...turned.back }),
})
