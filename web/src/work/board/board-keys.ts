import type { Hall } from '../../live/hall.ts'
import type { Binding } from '../../shell/keys.ts'
import type { BoardView } from './board-context.ts'
import { matches } from './board-context.ts'
import type { Goal } from '../moves.ts'

type BoardKeysGround = Readonly<{
  hall: Hall
  view: BoardView
  move(id: string, goal: Goal): void
}>

/** Gives the keys of a board: walk over the cards, open, move and make them. */
export const boardKeys = ({ hall, view, move }: BoardKeysGround): readonly Binding[] => {
  const walk = (dx: number, dy: number) => () => {
    const next = neighbour(hall, view, { dx, dy })
    if (next !== undefined) view.focusOn(next)
  }
  const shift = (dx: number, dy: number) => () => {
    const { id } = view.focus
    const goal = id === null ? null : shiftGoal(hall, view, { id, dx, dy })
    if (id !== null && goal !== null) move(id, goal)
  }
  const when = (): boolean => view.mayMove
  const onCard = (): boolean => when() && view.focus.id !== null
  return [
    { keys: ['j', 'ArrowDown'], label: 'Next card', run: walk(0, 1) },
    { keys: ['k', 'ArrowUp'], label: 'Card before', run: walk(0, -1) },
    { keys: ['h', 'ArrowLeft'], label: 'Column to the left', run: walk(-1, 0) },
    { keys: ['l', 'ArrowRight'], label: 'Column to the right', run: walk(1, 0) },
    {
      keys: ['m'],
      label: 'Move to a column',
      when: onCard,
      run: () => view.focus.id !== null && view.openMove(view.focus.id),
    },
    { keys: ['J'], label: 'Move the card down', when: onCard, run: shift(0, 1) },
    { keys: ['K'], label: 'Move the card up', when: onCard, run: shift(0, -1) },
    { keys: ['H'], label: 'Move the card left', when: onCard, run: shift(-1, 0) },
    { keys: ['L'], label: 'Move the card right', when: onCard, run: shift(1, 0) },
    { keys: ['c'], label: 'New task', when, run: () => view.openCreate() },
  ]
}

type Step = Readonly<{ dx: number; dy: number }>

const columnIds = ({ store }: Hall, { project, filter }: BoardView, index: number) => {
  const name = project.columns[index]?.name
  if (name === undefined) return []
  return store.cards.column(project.key, name).filter((id) => matches(store.cards.get(id), filter))
}

const placeOf = (hall: Hall, view: BoardView, id: string | null) => {
  const { columns } = view.project
  const name = id === null ? undefined : hall.store.cards.get(id)?.column
  const column = columns.findIndex((one) => one.name === name)
  if (column < 0 || id === null) return null
  const ids = columnIds(hall, view, column)
  return { column, ids, at: ids.indexOf(id) }
}

const neighbour = (hall: Hall, view: BoardView, { dx, dy }: Step): string | undefined => {
  const here = placeOf(hall, view, view.focus.id)
  if (here === null || here.at < 0) return firstCard(hall, view)
  if (dy !== 0) return here.ids[here.at + dy]
  const { columns } = view.project
  for (let column = here.column + dx; column >= 0 && column < columns.length; column += dx) {
    const ids = columnIds(hall, view, column)
    if (ids.length > 0) return ids[Math.min(here.at, ids.length - 1)]
  }
  return undefined
}

const firstCard = (hall: Hall, view: BoardView): string | undefined =>
  view.project.columns.flatMap((_, index) => columnIds(hall, view, index).slice(0, 1))[0]

const shiftGoal = (
  hall: Hall,
  view: BoardView,
  { id, dx, dy }: Step & Readonly<{ id: string }>,
): Goal | null => {
  const here = placeOf(hall, view, id)
  const column = view.project.columns[(here?.column ?? -1) + dx]?.name
  if (here === null || column === undefined) return null
  if (dx !== 0) return { column }
  const { cards } = hall.store
  const other = cards.get(here.ids[here.at + dy] ?? '')?.key
  if (other === undefined) return null
  return dy > 0 ? { column, after: other } : { column, before: other }
}
