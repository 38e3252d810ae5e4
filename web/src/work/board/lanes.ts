import type { Card } from '../../../../src/work/contract.ts'
import { numberOf, type Overlay } from '../../live/cards.ts'
import type { Hall } from '../../live/hall.ts'
import type { Fields } from '../edits.ts'
import type { BoardSearch } from './board-search.ts'

/** What a board is cut into lanes by. */
export type LaneKind = NonNullable<BoardSearch['lanes']>

/** A lane of a board; the lane without an id is of what has none of it. */
export type Lane = Readonly<{ id: string; title: string; count: number }>

/** A lane with its cards, column by column. */
export type FullLane = Lane & Readonly<{ cells: readonly (readonly string[])[] }>

/** More lanes than this are put together into one, so that a board stays a board. */
const LANES_MAX = 60
const OTHERS = '\u0000others'

const NONE: Record<LaneKind, string> = {
  assignee: 'Nobody',
  priority: 'No priority',
  parent: 'No parent',
  label: 'No label',
  sprint: 'No sprint',
}

const LEVELS = ['urgent', 'high', 'medium', 'low'] as const
const PRIORITIES: readonly string[] = LEVELS

type Wish = Readonly<{ by: LaneKind; columns: readonly (readonly string[])[] }>

/** Names the lane of a card. */
export const laneIdOf = (card: Card, by: LaneKind): string => {
  switch (by) {
    case 'assignee':
      return card.holder ?? card.assignee ?? ''
    case 'priority':
      return card.priority === 'none' ? '' : card.priority
    case 'parent':
      return card.parent ?? ''
    case 'label':
      return card.labels[0] ?? ''
    default:
      return card.sprint === null ? '' : String(card.sprint)
  }
}

/** Puts the cards of columns into lanes. */
export const lanesOf = (hall: Hall, { by, columns }: Wish): readonly FullLane[] => {
  const { cards } = hall.store
  const cells = new Map<string, string[][]>()
  for (const [at, ids] of columns.entries()) {
    for (const id of ids) {
      const card = cards.get(id)
      if (card === undefined) continue
      const lane = laneIdOf(card, by)
      const known = cells.get(lane) ?? columns.map((): string[] => [])
      known[at]?.push(id)
      cells.set(lane, known)
    }
  }
  const ids = [...cells.keys()].sort(orderOf(hall, by))
  const lanes = ids.map((id) => laneOf({ id, title: titleOf(hall, by, id) }, cells.get(id) ?? []))
  if (lanes.length <= LANES_MAX) return lanes
  return [...lanes.slice(0, LANES_MAX - 1), together(lanes.slice(LANES_MAX - 1))]
}

const laneOf = (
  { id, title }: Readonly<{ id: string; title: string }>,
  cells: readonly (readonly string[])[],
): FullLane => ({ id, title, cells, count: cells.reduce((sum, ids) => sum + ids.length, 0) })

const together = (lanes: readonly FullLane[]): FullLane => {
  const width = lanes[0]?.cells.length ?? 0
  const cells = Array.from({ length: width }, (_, at) =>
    lanes.flatMap((lane) => lane.cells[at] ?? []),
  )
  return laneOf({ id: OTHERS, title: `${lanes.length} others` }, cells)
}

const titleOf = ({ store }: Hall, by: LaneKind, id: string): string => {
  if (id === '') return NONE[by]
  switch (by) {
    case 'assignee':
      return `@${id}`
    case 'priority':
      return `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`
    case 'parent':
      return `${id} ${store.cards.byKey(id)?.title ?? ''}`.trim()
    case 'sprint':
      return `Sprint ${id}`
    default:
      return id
  }
}

// What belongs nowhere comes last, whoever looks first.
const orderOf = (hall: Hall, by: LaneKind) => {
  const me = hall.me()?.handle
  return (a: string, b: string): number => {
    if (a === '' || b === '') return Number(a === '') - Number(b === '')
    if (by === 'assignee' && (a === me || b === me)) return Number(b === me) - Number(a === me)
    if (by === 'priority') return PRIORITIES.indexOf(a) - PRIORITIES.indexOf(b)
    if (by === 'parent') return numberOf(a) - numberOf(b)
    if (by === 'sprint') return Number(b) - Number(a)
    return a < b ? -1 : 1
  }
}

/** What a card becomes in another lane, as it is sent and as it is shown; and the way back. */
export type LaneChange = Readonly<{ fields: Fields; shown: Overlay; back: Fields }>

/** Says what a card becomes in another lane; `null` where it is of that lane or cannot be. */
export const laneChange = (card: Card, by: LaneKind, id: string): LaneChange | null => {
  if (id === OTHERS || id === laneIdOf(card, by)) return null
  const text = id === '' ? null : id
  switch (by) {
    case 'assignee':
      return change({ assignee: text }, { assignee: card.assignee })
    case 'priority': {
      const priority = LEVELS.find((one) => one === id) ?? 'none'
      return change({ priority }, { priority: card.priority })
    }
    case 'parent':
      return change({ parent: text }, { parent: card.parent })
    case 'sprint':
      return change({ sprint: text === null ? null : Number(text) }, { sprint: card.sprint })
    default: {
      const [first, ...rest] = card.labels
      const off = first === undefined ? [] : [first]
      const on = text === null ? [] : [text]
      const shown = { labels: [...on, ...rest.filter((label) => label !== text)] }
      const signed = (sign: string) => (label: string) => `${sign}${label}`
      return {
        shown,
        fields: { labels: [...off.map(signed('-')), ...on.map(signed('+'))] },
        back: { labels: [...on.map(signed('-')), ...off.map(signed('+'))] },
      }
    }
  }
}

const change = (shown: Overlay, back: Fields): LaneChange => ({ shown, fields: shown, back })
