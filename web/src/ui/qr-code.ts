// Draws a text as a QR code (ISO/IEC 18004): bytes, error correction M, versions 1 to 20. It is
// made here because a secret must not be sent to somebody who draws pictures.

/** The rows of a code; `true` is dark. */
export type QrCode = readonly (readonly boolean[])[]

// By version, from 1 on: error correction bytes of a block, and the number of blocks, for level M.
const CHECK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26]
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16]
type Grid = Readonly<{ size: number; dark: boolean[][]; fixed: boolean[][] }>
type Plan = Readonly<{ version: number; bytes: number; check: number; blocks: number }>

/** Draws a text; `null` where it is too long for a code that a telephone reads from a screen. */
export const qrCode = (text: string): QrCode | null => {
  const data = new TextEncoder().encode(text)
  const plan = planFor(data.length)
  if (plan === null) return null
  const grid = frame(plan.version)
  fill(grid, interleave(dataBytes(data, plan), plan))
  return grid.dark
}

const planFor = (length: number): Plan | null => {
  for (const [index, check] of CHECK.entries()) {
    const version = index + 1
    const blocks = BLOCKS[index] ?? 1
    const bytes = Math.floor(roomOf(version) / 8) - check * blocks
    const head = version < 10 ? 2 : 3
    if (length + head <= bytes) return { version, bytes, check, blocks }
  }
  return null
}

/** Counts the cells that are left for data and its error correction. */
const roomOf = (version: number): number =>
  frame(version).fixed.reduce((sum, row) => sum + row.filter((is) => !is).length, 0)

const dataBytes = (data: Uint8Array, { version, bytes }: Plan): Uint8Array => {
  const bits: number[] = []
  const put = (value: number, width: number): void => {
    for (let bit = width - 1; bit >= 0; bit--) bits.push((value >> bit) & 1)
  }
  put(0b0100, 4)
  put(data.length, version < 10 ? 8 : 16)
  for (const byte of data) put(byte, 8)
  put(0, Math.min(4, bytes * 8 - bits.length))
  while (bits.length % 8 !== 0) bits.push(0)
  const packed = Array.from({ length: bits.length / 8 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0),
  )
  for (let pad = 0; packed.length < bytes; pad++) packed.push(pad % 2 === 0 ? 0xec : 0x11)
  return Uint8Array.from(packed)
}

/** Cuts the bytes into blocks, adds error correction to each, and deals them out in turn. */
const interleave = (data: Uint8Array, { bytes, check, blocks }: Plan): readonly number[] => {
  const short = Math.floor(bytes / blocks)
  const longs = bytes % blocks
  let from = 0
  const parts = Array.from({ length: blocks }, (_, index) => {
    const end = from + short + (index >= blocks - longs ? 1 : 0)
    const part = data.slice(from, end)
    from = end
    return part
  })
  const deal = (rows: readonly Uint8Array[], length: number): number[] =>
    Array.from({ length }, (_, at) => rows.flatMap((row) => row[at] ?? [])).flat()
  const checks = parts.map((part) => remainder(part, check))
  return [...deal(parts, short + 1), ...deal(checks, check)]
}

/** Multiplies in the field of 256 elements that the code calculates in. */
const times = (a: number, b: number): number => {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ (product & 0x80 ? 0x11d : 0)
    if ((b >> bit) & 1) product ^= a
  }
  return product & 0xff
}

const remainder = (data: Uint8Array, degree: number): Uint8Array => {
  let generator = [1]
  let root = 1
  for (let power = 0; power < degree; power++) {
    const shifted = [...generator, 0]
    generator = shifted.map((value, at) => value ^ times(generator[at - 1] ?? 0, root))
    root = times(root, 2)
  }
  const rest = new Uint8Array(degree)
  for (const byte of data) {
    const factor = byte ^ (rest[0] ?? 0)
    rest.copyWithin(0, 1)
    rest[degree - 1] = 0
    for (const at of rest.keys()) rest[at] = (rest[at] ?? 0) ^ times(generator[at + 1] ?? 0, factor)
  }
  return rest
}

const set = ({ dark, fixed, size }: Grid, [row, column]: readonly number[], is: boolean): void => {
  if (row === undefined || column === undefined) return
  if (row < 0 || column < 0 || row >= size || column >= size) return
  const [cells, kept] = [dark[row], fixed[row]]
  if (cells) cells[column] = is
  if (kept) kept[column] = true
}

/** Makes a grid with everything that is the same in all codes of a version. */
const frame = (version: number): Grid => {
  const size = version * 4 + 17
  const rows = () => Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  const grid: Grid = { size, dark: rows(), fixed: rows() }
  for (let at = 0; at < size; at++) {
    set(grid, [6, at], at % 2 === 0)
    set(grid, [at, 6], at % 2 === 0)
  }
  const square = (row: number, column: number, light: readonly number[]): void => {
    const reach = light.length * 2
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        set(grid, [row + y, column + x], !light.includes(Math.max(Math.abs(x), Math.abs(y))))
      }
    }
  }
  const centres = alignment(version, size)
  const last = size - 7
  for (const row of centres) {
    for (const column of centres) {
      const isCorner =
        (row === 6 && (column === 6 || column === last)) || (row === last && column === 6)
      if (!isCorner) square(row, column, [1])
    }
  }
  square(3, 3, [2, 4])
  square(3, size - 4, [2, 4])
  square(size - 4, 3, [2, 4])
  writeFormat(grid)
  if (version >= 7) writeVersion(grid, version)
  return grid
}

const alignment = (version: number, size: number): readonly number[] => {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = Math.ceil((size - 13) / (count * 2 - 2)) * 2
  return [6, ...Array.from({ length: count - 1 }, (_, at) => size - 7 - (count - 2 - at) * step)]
}

/** Adds check bits: the rest of a division by a polynomial of `degree`. */
const checked = (value: number, polynomial: number, degree: number): number => {
  let rest = value
  for (let bit = 0; bit < degree; bit++) rest = (rest << 1) ^ ((rest >> (degree - 1)) * polynomial)
  return (value << degree) | rest
}

const writeFormat = (grid: Grid): void => {
  const { size } = grid
  // Level M and mask 0 are written as 00 and 000: nothing is left but the fixed pattern.
  const bits = 0x5412
  for (let at = 0; at < 15; at++) {
    const is = ((bits >> at) & 1) === 1
    set(grid, [at < 6 ? at : at < 8 ? at + 1 : size - 15 + at, 8], is)
    set(grid, [8, at < 8 ? size - 1 - at : at === 8 ? 7 : 14 - at], is)
  }
  set(grid, [size - 8, 8], true)
}

const writeVersion = (grid: Grid, version: number): void => {
  const bits = checked(version, 0x1f25, 12)
  for (let at = 0; at < 18; at++) {
    const place = [grid.size - 11 + (at % 3), Math.floor(at / 3)]
    set(grid, place, ((bits >> at) & 1) === 1)
    set(grid, place.toReversed(), ((bits >> at) & 1) === 1)
  }
}

/**
 * Fills the free cells, two columns at a time, up and down in turn, from the right. The standard
 * takes the calmest of eight masks; a reader copes with each, and a secret is never a calm text.
 */
const fill = (grid: Grid, bytes: readonly number[]): void => {
  const { size, dark, fixed } = grid
  let next = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    const isUp = ((right + 1) & 2) === 0
    for (let step = 0; step < size; step++) {
      const row = isUp ? size - 1 - step : step
      for (const column of [right, right - 1]) {
        const cells = dark[row]
        if (!cells || fixed[row]?.[column]) continue
        const bit = ((bytes[next >> 3] ?? 0) >> (7 - (next & 7))) & 1
        cells[column] = (bit === 1) !== ((row + column) % 2 === 0)
        next++
      }
    }
  }
}
