import { createHash } from 'node:crypto'
import { assert } from '../../kernel/assert.ts'

// The Merkle tree of RFC 6962, kept as a compact range: the roots of its full subtrees, largest
// first. That is all it takes to add leaves and to give the root.

/** Bytes of a node. */
export const NODE_BYTES = 32

const LEAF = Buffer.from([0])
const INNER = Buffer.from([1])

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, bytes) => hash.update(bytes), createHash('sha256')).digest()

/** A tree that grows; `frontier` is what a tree of its size starts from again. */
export type GrowingTree = Readonly<{
  size(): number
  add(entry: Uint8Array): void
  root(): Buffer
  frontier(): Buffer
}>

/** Starts a tree, empty or from the frontier of one of a known size. */
export const growingTree = (
  start: Readonly<{ size: number; frontier: Uint8Array }>,
): GrowingTree => {
  const peaks = peaksOf(start)
  let size = start.size
  return {
    size: () => size,
    add(entry) {
      let node = sha256(LEAF, entry)
      for (let left = size; left % 2 === 1; left = (left - 1) / 2) {
        const before = peaks.pop()
        assert(before, 'an odd size has a full subtree to the left')
        node = sha256(INNER, before, node)
      }
      peaks.push(node)
      size += 1
    },
    root: () => peaks.reduceRight<Buffer | null>(joined, null) ?? sha256(),
    frontier: () => Buffer.concat(peaks),
  }
}

/** A tree without leaves. */
export const EMPTY_TREE = { size: 0, frontier: Buffer.alloc(0) } as const

/** Tells whether a frontier has as many nodes as a tree of its size. */
export const fitsSize = ({ size, frontier }: Readonly<{ size: number; frontier: Uint8Array }>) =>
  frontier.length === onesIn(size) * NODE_BYTES

const joined = (right: Buffer | null, left: Buffer): Buffer =>
  right === null ? left : sha256(INNER, left, right)

const peaksOf = (start: Readonly<{ size: number; frontier: Uint8Array }>): Buffer[] => {
  assert(fitsSize(start), 'a frontier has a node for each full subtree')
  return Array.from({ length: start.frontier.length / NODE_BYTES }, (_, index) =>
    Buffer.from(start.frontier.subarray(index * NODE_BYTES, (index + 1) * NODE_BYTES)),
  )
}

// Sizes may outgrow 32 bits, and with them the operators on bits.
const onesIn = (size: number): number => {
  let ones = 0
  for (let left = size; left > 0; left = Math.floor(left / 2)) ones += left % 2
  return ones
}
