/** One line of a text beside its older form. */
export type DiffLine = Readonly<{ kind: 'same' | 'added' | 'removed'; text: string }>

/** Lines that are compared one by one; what is longer is shown as taken out and put in whole. */
const LINES_MAX = 600

/** Compares two texts line by line, by the longest run of lines that both have. */
export const diffLines = (before: string, after: string): readonly DiffLine[] => {
  const [old, now] = [before.split('\n'), after.split('\n')]
  if (old.length > LINES_MAX || now.length > LINES_MAX) {
    return [...old.map(as('removed')), ...now.map(as('added'))]
  }
  const lengths = commonLengths(old, now)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    const [left, right] = [old[i], now[j]]
    if (left !== undefined && left === right) {
      lines.push({ kind: 'same', text: left })
      i++
      j++
    } else if (left !== undefined && isLeftFirst(lengths, i, j, now.length)) {
      lines.push({ kind: 'removed', text: left })
      i++
    } else {
      lines.push({ kind: 'added', text: right ?? '' })
      j++
    }
  }
  return lines
}

const as =
  (kind: DiffLine['kind']) =>
  (text: string): DiffLine => ({ kind, text })

type Lengths = readonly (readonly number[])[]

// `lengths[i][j]`: how many lines the rests from i and j on have in common, in order.
const commonLengths = (old: readonly string[], now: readonly string[]): Lengths => {
  const lengths = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: now.length + 1 }, () => 0),
  )
  for (let i = old.length - 1; i >= 0; i--) {
    const [row, below] = [lengths[i] ?? [], lengths[i + 1] ?? []]
    for (let j = now.length - 1; j >= 0; j--) {
      row[j] =
        old[i] === now[j] ? 1 + (below[j + 1] ?? 0) : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return lengths
}

const isLeftFirst = (lengths: Lengths, ...[i, j, width]: readonly [number, number, number]) =>
  j >= width || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)
