/** A place in a picture, in pixels from its upper left corner. */
export type Point = Readonly<{ x: number; y: number }>

/** Where a reading stands: one place from left to right, one height for each of its values. */
export type Spot = Readonly<{ x: number; ys: readonly number[] }>

/** The room that a picture has inside of its axes, in pixels; a wide one has some beside it. */
export type Box = Readonly<{ width: number; height: number; isWide: boolean }>

/** Where the picture lies inside of its chart. */
export type Room = Readonly<{ left: number; top: number; box: Box }>

/** How the nearest spot is found: by its column, or as a dot of its own. */
export type Way = 'column' | 'dot'

/** Finds the spot that somebody points at; `null` where there are none. */
export const nearest = (spots: readonly Spot[], to: Point, way: Way): number | null => {
  const farOf = ({ x, ys }: Spot): number => {
    const across = Math.abs(x - to.x)
    if (way === 'column') return across
    return Math.hypot(across, Math.min(...ys.map((y) => Math.abs(y - to.y))))
  }
  const distances = spots.map(farOf)
  return distances.length === 0 ? null : distances.indexOf(Math.min(...distances))
}

/** Leaves out values evenly, so that at most so many are left. */
export const thinned = <T>(values: readonly T[], max: number): readonly T[] => {
  const step = Math.max(1, Math.ceil(values.length / Math.max(1, Math.floor(max))))
  return values.filter((_, index) => index % step === 0)
}

/** Moves heights apart, in their order, so that labels beside them do not meet. */
export const apart = (ys: readonly number[], gap: number, height: number): readonly number[] => {
  const order = ys.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y)
  const placed = new Map<number, number>()
  let above = Number.NEGATIVE_INFINITY
  for (const { y, index } of order) {
    above = Math.max(y, above + gap)
    placed.set(index, above)
  }
  let below = height + gap
  for (const { index } of order.toReversed()) {
    below = Math.min(placed.get(index) ?? 0, below - gap)
    placed.set(index, below)
  }
  return ys.map((y, index) => placed.get(index) ?? y)
}

/** Gives the end of an axis: the largest value, and something to show where all are nothing. */
export const topOf = (values: readonly number[]): number => {
  const top = values.reduce((most, value) => Math.max(most, value), 0)
  return top > 0 ? top : 1
}
