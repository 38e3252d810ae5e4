import { createContext, useContext } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import type { Project } from '../../live/hall.ts'

/** What the columns and cards of one board share. */
export type BoardView = Readonly<{
  project: Project
  mayMove: boolean
  /** Text that cards must hold to be shown. */
  filter: string
  /** The card that keys act on; `tick` rises with each wish to bring it into focus. */
  focus: Readonly<{ id: string | null; tick: number }>
  focusOn(id: string): void
  /** Notes the card that got the focus by itself: by a click or the Tab key. */
  noteFocus(id: string): void
  openMove(id: string): void
  openCreate(column?: string): void
  drop(id: string, column: string, index: number): void
}>

/** Hands the board down to its columns. */
export const BoardContext = createContext<BoardView | null>(null)

/** Gives the board that a column or card belongs to. */
export const useBoard = (): BoardView => {
  const board = useContext(BoardContext)
  if (board === null) throw new Error('Columns and cards are parts of a board.')
  return board
}

/** Tells whether a card holds the text of the filter. */
export const matches = (card: Card | undefined, filter: string): boolean => {
  if (card === undefined) return false
  if (filter === '') return true
  const { key, title, assignee, holder, labels } = card
  const text = [key, title, `@${assignee}`, `@${holder}`, ...labels].join('\n').toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
