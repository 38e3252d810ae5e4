/** Some neighbours of a long list, under a name that stays theirs. */
export type Chunk<T> = Readonly<{ name: number; from: number; items: readonly T[] }>

/**
 * Cuts a list into chunks. They are counted from an anchor, so that what comes in front of all or
 * behind all makes new chunks, and leaves those that are there as they are.
 */
export const chunksOf = <T>(
  items: readonly T[],
  { anchor, size }: Readonly<{ anchor: number; size: number }>,
): readonly Chunk<T>[] => {
  const nameOf = (at: number): number => Math.floor((at - anchor) / size)
  const first = nameOf(0)
  const count = items.length === 0 ? 0 : nameOf(items.length - 1) - first + 1
  return Array.from({ length: count }, (_, at) => {
    const name = first + at
    const from = Math.max(0, anchor + name * size)
    return { name, from, items: items.slice(from, anchor + (name + 1) * size) }
  })
}
