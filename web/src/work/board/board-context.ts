import { createContext, type MouseEvent, useContext } from 'react'
import type { Project } from '../../live/hall.ts'
import type { BoardSearch } from './board-search.ts'
import type { Cell } from './cell.ts'
import type { Spot } from './shape.ts'

/** The card that keys act on; `tick` rises with each wish to bring it into focus. */
export type Cursor = Readonly<{ id: string | null; tick: number }>

/** A column that refused what was moved into it, and its words. */
export type InPlace = Readonly<{ column: string; text: string }>

/** What the columns and cards of one board share; it stays the same while cards change. */
export type BoardView = Readonly<{
  project: Project
  mayMove: boolean
  search: BoardSearch
  /** Pixels from one card to the next. */
  pitch: number
  cursor: Cell<Cursor>
  /** The wishes of the cursor that were granted: a card that comes back later grants none again. */
  granted: Readonly<{ sight: Cell<number>; focus: Cell<number> }>
  chosen: Cell<ReadonlySet<string>>
  refusal: Cell<InPlace | null>
  focusOn(id: string): void
  /** Notes the card that got the focus by itself: by a click or the Tab key. */
  noteFocus(id: string): void
  /** The key of the task that is open beside the board. */
  openKey: string | undefined
  hrefOf(key: string): string
  open(key: string): void
  openMove(id: string): void
  openCreate(column?: string): void
  /** Takes a click that chooses cards instead of opening one; tells whether it was such a click. */
  choose(id: string, event: MouseEvent): boolean
  drop(id: string, column: string, spot: Spot): void
  toggleLane(id: string): void
}>

/** Hands the board down to its columns. */
export const BoardContext = createContext<BoardView | null>(null)

/** Gives the board that a column or card belongs to. */
export const useBoard = (): BoardView => {
  const board = useContext(BoardContext)
  if (board === null) throw new Error('Columns and cards are parts of a board.')
  return board
}
