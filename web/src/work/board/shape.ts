import type { Card } from '../../../../src/work/contract.ts'
import { numberOf } from '../../live/cards.ts'
import type { Hall, Project } from '../../live/hall.ts'
import type { BoardSearch } from './board-search.ts'
import type { Filter } from './filter/accept.ts'
import { type Lane, lanesOf } from './lanes.ts'

/** Cards that stand below each other: those of a column, or of a column within a lane. */
export type Segment = Readonly<{ lane: string; ids: readonly string[]; top: number }>

/** What a column shows. */
export type ColumnShape = Readonly<{
  name: string
  /** Ids in the order in which they stand, whatever lane they are in. */
  ids: readonly string[]
  segments: readonly Segment[]
  height: number
  /** How many the filter leaves; at a start not all of them may be here yet. */
  count: number
  /** All its cards, those that the filter leaves out among them: limits count these. */
  total: number
}>

/** A lane and its place. */
export type LaneShape = Lane & Readonly<{ top: number; height: number; isClosed: boolean }>

/** What a board shows, and where. */
export type Shape = Readonly<{
  columns: readonly ColumnShape[]
  /** `null` where there are none. */
  lanes: readonly LaneShape[] | null
  height: number
  shown: number
  total: number
}>

/** Pixels from one card to the next; every card has the same height, so places are sums. */
export const PITCHES = { usual: 104, compact: 60 } as const

/** Pixels of a lane's head, and below its cards. */
export const LANE_HEAD = 40
const LANE_FOOT = 12

/** What a shape is made of. */
export type ShapeGround = Readonly<{
  hall: Hall
  project: Project
  search: BoardSearch
  filter: Filter
}>

/** Gives the pixels from one card to the next. */
export const pitchOf = ({ size }: BoardSearch): number => PITCHES[size ?? 'usual']

/** Works out what a board shows; lists that stay as they were stay the same lists. */
export const shapeOf = (ground: ShapeGround, before: Shape | null): Shape => {
  const { hall, project, search } = ground
  const more = hall.store.more(project.key)
  const lists = project.columns.map(({ name }): List => {
    const ids = idsOf(ground, name)
    const here = hall.store.cards.column(project.key, name).length
    const total = more.get(name) ?? here
    return { name, ids, total, count: ids.length === here ? total : ids.length }
  })
  const total = lists.reduce((sum, list) => sum + list.total, 0)
  const shown = lists.reduce((sum, list) => sum + list.count, 0)
  if (search.lanes !== undefined) return laned(ground, lists, { total, shown })
  const columns = lists.map((list) => {
    const old = before?.columns.find(({ name }) => name === list.name)
    const ids = old !== undefined && isSame(old.ids, list.ids) ? old.ids : list.ids
    // Cards that are still to come have their room already.
    const height = list.count * pitchOf(search)
    const isAsBefore = old?.count === list.count && old.total === list.total
    if (old?.ids === ids && isAsBefore && old.height === height) return old
    return { ...list, ids, height, segments: [{ lane: '', ids, top: 0 }] }
  })
  return { columns, lanes: null, height: 0, shown, total }
}

type List = Pick<ColumnShape, 'name' | 'ids' | 'count' | 'total'>

const idsOf = ({ hall, project, search, filter }: ShapeGround, name: string): readonly string[] => {
  const { cards } = hall.store
  const ids = cards.column(project.key, name)
  if (filter.isEmpty && search.sort === undefined) return ids
  const me = hall.me()?.handle ?? null
  const left = ids.flatMap((id) => cards.get(id) ?? []).filter((card) => filter.accepts(card, me))
  // What is equal stays in the order of ranks.
  if (search.sort === 'priority') left.sort((a, b) => weight(a) - weight(b))
  if (search.sort === 'newest') left.sort((a, b) => numberOf(b.key) - numberOf(a.key))
  return left.map(({ id }) => id)
}

const WEIGHTS: Record<Card['priority'], number> = { urgent: 0, high: 1, medium: 2, low: 3, none: 4 }

const weight = ({ priority }: Card): number => WEIGHTS[priority]

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((id, at) => id === b[at]))

const laned = (
  { hall, search }: ShapeGround,
  lists: readonly List[],
  counts: Readonly<{ total: number; shown: number }>,
): Shape => {
  const pitch = pitchOf(search)
  const closed = new Set(search.closed)
  const found = lanesOf(hall, {
    by: search.lanes ?? 'assignee',
    columns: lists.map(({ ids }) => ids),
  })
  let top = 0
  const lanes = found.map(({ cells, ...lane }) => {
    const isClosed = closed.has(lane.id)
    const rows = isClosed ? 0 : Math.max(...cells.map((ids) => ids.length))
    const height = LANE_HEAD + (isClosed ? 0 : rows * pitch + LANE_FOOT)
    const place = { ...lane, cells, top, height, isClosed }
    top += height
    return place
  })
  const columns = lists.map(({ name, count, total }, at) => {
    const segments = lanes.flatMap((lane): readonly Segment[] => {
      if (lane.isClosed) return []
      return [{ lane: lane.id, ids: lane.cells[at] ?? [], top: lane.top + LANE_HEAD }]
    })
    const ids = segments.flatMap((segment) => segment.ids)
    return { name, count, total, segments, ids, height: top }
  })
  return { ...counts, columns, lanes, height: top }
}

/** A part of a list that is near the visible one, in pixels. */
export type Range = Readonly<{ top: number; bottom: number }>

/** A card and where it stands. */
export type Place = Readonly<{ id: string; top: number; position: number }>

const OVERSCAN = 3

/** Gives the cards of a column that have to be there: those near what is visible, and one more. */
export const placesOf = (
  { segments }: ColumnShape,
  { range, pitch, also }: Readonly<{ range: Range; pitch: number; also: string | null }>,
): readonly Place[] => {
  const places: Place[] = []
  let before = 0
  for (const { ids, top } of segments) {
    const first = Math.max(0, Math.floor((range.top - top) / pitch) - OVERSCAN)
    const end = Math.min(ids.length, Math.ceil((range.bottom - top) / pitch) + OVERSCAN)
    const place = (at: number): Place => ({
      id: ids[at] ?? '',
      top: top + at * pitch,
      position: before + at + 1,
    })
    for (let at = first; at < end; at++) places.push(place(at))
    const extra = also === null ? -1 : ids.indexOf(also)
    if (extra >= 0 && (extra < first || extra >= end)) places.push(place(extra))
    before += ids.length
  }
  return places
}

/** Finds where a card of a column stands; `null` where it does not. */
export const topOf = ({ segments }: ColumnShape, id: string, pitch: number): number | null => {
  for (const { ids, top } of segments) {
    const at = ids.indexOf(id)
    if (at >= 0) return top + at * pitch
  }
  return null
}

/** Where something is dropped: the lane, and the place among the cards of it. */
export type Spot = Readonly<{ lane: string; ids: readonly string[]; index: number; top: number }>

/** Finds the place in a column that lies at a height. */
export const spotAt = ({ segments }: ColumnShape, y: number, pitch: number): Spot | null => {
  const segment = segments.findLast(({ top }, at) => at === 0 || top - LANE_HEAD <= y)
  if (segment === undefined) return null
  const { lane, ids, top } = segment
  const index = Math.min(ids.length, Math.max(0, Math.round((y - top) / pitch)))
  return { lane, ids, index, top: top + index * pitch }
}

/** Gives the shape of the column in which a card is. */
export const columnOf = ({ store }: Hall, { columns }: Shape, id: string): ColumnShape | null => {
  const card = store.cards.get(id)
  if (card === undefined) return null
  return columns.find(({ name }) => name === card.column) ?? null
}

/** Gives the lane in which a card stands. */
export const laneOf = ({ segments }: ColumnShape, id: string): string | null =>
  segments.find(({ ids }) => ids.includes(id))?.lane ?? null

/** Counts tasks in words. */
export const tasksText = (count: number): string => (count === 1 ? '1 task' : `${count} tasks`)
