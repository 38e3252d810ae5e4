import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EMPTY_TREE, fitsSize, growingTree } from './tree.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

// The entries and roots that implementations of RFC 6962 test each other with.
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex)
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

test.each(ROOTS.map((root, size) => [size, root] as const))(
  'a tree of %i entries has the root that RFC 6962 gives it',
  (size, root) => {
    const tree = growingTree(EMPTY_TREE)
    for (const entry of ENTRIES.slice(0, size)) tree.add(entry)
    expect(tree.root().toString('hex')).toBe(root)
    expect(tree.size()).toBe(size)
  },
)

const sha256 = (...parts: readonly Uint8Array[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/** The definition of RFC 6962, word for word: split at the largest power of two below the size. */
const defined = (entries: readonly Uint8Array[]): Buffer => {
  const [only] = entries
  if (only === undefined) return sha256()
  if (entries.length === 1) return sha256(Buffer.from([0]), only)
  let split = 1
  while (split * 2 < entries.length) split *= 2
  return sha256(Buffer.from([1]), defined(entries.slice(0, split)), defined(entries.slice(split)))
}

test('a tree that was put away anywhere and grown on has the root of its definition', () => {
  const property = fc.property(
    fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 }),
    fc.nat(70),
    (entries, cut) => {
      const before = growingTree(EMPTY_TREE)
      for (const entry of entries.slice(0, cut)) before.add(entry)
      const start = { size: before.size(), frontier: before.frontier() }
      expect(fitsSize(start)).toBe(true)
      const after = growingTree(start)
      for (const entry of entries.slice(cut)) after.add(entry)
      expect(after.root()).toEqual(defined(entries))
    },
  )
  fc.assert(property, { numRuns: 200 })
})

test('a frontier fits a size only when it has a node for each of its full subtrees', () => {
  expect(fitsSize({ size: 7, frontier: Buffer.alloc(3 * 32) })).toBe(true)
  expect(fitsSize({ size: 7, frontier: Buffer.alloc(2 * 32) })).toBe(false)
  expect(fitsSize({ size: 2 ** 40, frontier: Buffer.alloc(32) })).toBe(true)
  expect(() => growingTree({ size: 3, frontier: Buffer.alloc(32) })).toThrow('frontier')
})
