import type { Hall } from '../../live/hall.ts'
import { type Binding, openHere } from '../../shell/keys.ts'
import type { BoardView } from './board-context.ts'
import type { Goal } from '../moves.ts'
import { columnOf, laneOf, type Shape, topOf } from './shape.ts'

/** What the keys of a board act on. */
export type BoardKeysGround = Readonly<{
  hall: Hall
  view: BoardView
  shape: () => Shape
  move(id: string, goal: Goal): void
}>

/** Gives the keys that walk over the cards, choose and move them. */
export const boardKeys = (ground: BoardKeysGround): readonly Binding[] => {
  const { view, shape, move } = ground
  const walk = (dx: number, dy: number) => () => {
    const next = neighbour(ground, { dx, dy })
    if (next !== undefined) view.focusOn(next)
  }
  const shift = (dx: number, dy: number) => () => {
    const { id } = view.cursor.get()
    const goal = id === null ? null : shiftGoal(ground, { id, dx, dy })
    if (id !== null && goal !== null) move(id, goal)
  }
  const extend = (dy: number) => () => {
    const { id } = view.cursor.get()
    const next = neighbour(ground, { dx: 0, dy })
    if (id === null || next === undefined) return
    const chosen = new Set(view.chosen.get())
    // Going back takes the last one out again.
    if (chosen.has(next) && chosen.has(id)) chosen.delete(id)
    else chosen.add(id).add(next)
    view.chosen.set(chosen)
    view.focusOn(next)
  }
  const when = (): boolean => view.mayMove
  const onCard = (): boolean => when() && view.cursor.get().id !== null
  return [
    { keys: ['j', 'ArrowDown'], label: 'Next card', run: walk(0, 1) },
    { keys: ['k', 'ArrowUp'], label: 'Card before', run: walk(0, -1) },
    { keys: ['ArrowLeft'], label: 'Column to the left', run: walk(-1, 0) },
    { keys: ['ArrowRight'], label: 'Column to the right', run: walk(1, 0) },
    { keys: ['o'], label: 'Open, as Enter does', when: onCard, run: openHere },
    { keys: ['x'], label: 'Choose the card', when: onCard, run: () => toggle(view) },
    { keys: ['Shift+ArrowDown'], label: 'Choose down', when, run: extend(1) },
    { keys: ['Shift+ArrowUp'], label: 'Choose up', when, run: extend(-1) },
    {
      keys: ['Mod+a'],
      label: 'Choose all cards',
      when,
      run: () => view.chosen.set(new Set(shape().columns.flatMap(({ ids }) => ids))),
    },
    { keys: ['J'], label: 'Move the card down', when: onCard, run: shift(0, 1) },
    { keys: ['K'], label: 'Move the card up', when: onCard, run: shift(0, -1) },
    { keys: ['H'], label: 'Move the card left', when: onCard, run: shift(-1, 0) },
    { keys: ['L'], label: 'Move the card right', when: onCard, run: shift(1, 0) },
    { keys: ['c'], label: 'New task', when, run: () => view.openCreate() },
  ]
}

const toggle = ({ cursor, chosen }: BoardView): void => {
  const { id } = cursor.get()
  if (id !== null) chosen.set(toggled(chosen.get(), id))
}

/** Puts something into a set, or takes it out if it is there. */
export const toggled = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return next
}

type Step = Readonly<{ dx: number; dy: number }>

const neighbour = (ground: BoardKeysGround, { dx, dy }: Step): string | undefined => {
  const { hall, view } = ground
  const { id } = view.cursor.get()
  const { columns } = ground.shape()
  const here = id === null ? null : columnOf(hall, ground.shape(), id)
  const top = here === null || id === null ? null : topOf(here, id, view.pitch)
  if (here === null || id === null || top === null) {
    return columns.flatMap(({ ids }) => ids.slice(0, 1))[0]
  }
  if (dy !== 0) return here.ids[here.ids.indexOf(id) + dy]
  let next = columns.indexOf(here) + dx
  while (columns[next]?.ids.length === 0) next += dx
  const column = columns[next]
  if (column === undefined) return undefined
  // What stands at the same height is next to it, whichever lane that is.
  const places = column.segments.flatMap((segment) =>
    segment.ids.map((one, at) => ({ one, far: Math.abs(segment.top + at * view.pitch - top) })),
  )
  const nearest = Math.min(...places.map(({ far }) => far))
  return places.find(({ far }) => far === nearest)?.one
}

const shiftGoal = (
  { hall, view, shape }: BoardKeysGround,
  { id, dx, dy }: Step & Readonly<{ id: string }>,
): Goal | null => {
  const here = columnOf(hall, shape(), id)
  if (here === null) return null
  if (dx !== 0) {
    const { columns } = view.project
    const column = columns[columns.findIndex(({ name }) => name === here.name) + dx]?.name
    return column === undefined ? null : { column }
  }
  const lane = laneOf(here, id)
  const ids = here.segments.find((segment) => segment.lane === lane)?.ids ?? []
  const other = hall.store.cards.get(ids[ids.indexOf(id) + dy] ?? '')?.key
  if (other === undefined) return null
  return dy > 0 ? { column: here.name, after: other } : { column: here.name, before: other }
}
