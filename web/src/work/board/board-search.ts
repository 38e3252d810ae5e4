// What a board shows, as its address has it: filter, lanes, order and the rest. Kept views are
// queries of such addresses.

/** What cards can be put into lanes by. */
export const LANES = ['assignee', 'priority', 'parent', 'label', 'sprint'] as const

/** What cards of a column can be ordered by, besides their rank. */
export const ORDERS = ['priority', 'newest'] as const

/** What the address says about a board; whatever is not there is as usual. */
export type BoardSearch = Readonly<{
  q?: string
  lanes?: (typeof LANES)[number]
  sort?: (typeof ORDERS)[number]
  /** Columns without cards are left out. */
  empty?: 'hidden'
  size?: 'compact'
  /** Lanes that are closed. */
  closed?: readonly string[]
}>

/** The names in the address that are about a board. */
export const BOARD_PARAMS = ['q', 'lanes', 'sort', 'empty', 'size', 'closed'] as const

const FILTER_CHARS_MAX = 500
const CLOSED_LANES_MAX = 60

type Read = Readonly<{ search: BoardSearch; dropped: readonly string[] }>

/** Reads an address: what it says about the board, and the names of what was not to be read. */
export const readBoardSearch = (given: Readonly<Record<string, unknown>>): Read => {
  const q = textOf(given['q'])
  const lanes = LANES.find((one) => one === given['lanes'])
  const sort = ORDERS.find((one) => one === given['sort'])
  const closed = closedOf(given['closed'])
  const search = {
    ...(q !== undefined && q !== '' && { q }),
    ...(lanes !== undefined && { lanes }),
    ...(sort !== undefined && { sort }),
    ...(given['empty'] === 'hidden' && { empty: 'hidden' as const }),
    ...(given['size'] === 'compact' && { size: 'compact' as const }),
    ...(closed !== undefined && { closed }),
  }
  const isUsual = (name: string): boolean => given[name] === undefined || given[name] === ''
  const dropped = BOARD_PARAMS.filter((name) => !isUsual(name) && !(name in search))
  return { search, dropped }
}

// The address has what looks like a number or a switch as one.
const textOf = (value: unknown): string | undefined => {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof text === 'string' && text.length <= FILTER_CHARS_MAX ? text : undefined
}

const closedOf = (value: unknown): readonly string[] | undefined => {
  if (!Array.isArray(value) || value.length === 0 || value.length > CLOSED_LANES_MAX) {
    return undefined
  }
  const texts = value.flatMap((one: unknown) => (typeof one === 'string' ? [one] : []))
  return texts.length === value.length ? texts : undefined
}

const dropped = new Set<string>()

/** Reads an address, and keeps what was dropped for whoever tells of it. */
export const checkBoardSearch = (given: Readonly<Record<string, unknown>>): BoardSearch => {
  const read = readBoardSearch(given)
  for (const name of read.dropped) dropped.add(name)
  return read.search
}

/** Gives the names that were dropped since the last time, once. */
export const takeDropped = (): readonly string[] => {
  const names = [...dropped]
  dropped.clear()
  return names
}

/** Writes what a board shows as the query of a kept view; closed lanes are of the moment. */
export const queryOf = ({ q, lanes, sort, empty, size }: BoardSearch): string => {
  const named = Object.entries({ q, lanes, sort, empty, size })
  return new URLSearchParams(
    named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ).toString()
}

/** Reads the query of a kept view. */
export const searchOf = (query: string): BoardSearch =>
  readBoardSearch(Object.fromEntries(new URLSearchParams(query))).search
