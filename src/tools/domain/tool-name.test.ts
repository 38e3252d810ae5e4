import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HUB_NAME_CHARACTERS_MAX, hubNames, type UpstreamName } from './tool-name.ts'
import { SLUG } from './upstream.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
// Few different hashes, so that they collide all the time.
const poorHash = (text: string): string =>
  `0000${(sha256(text).codePointAt(0) ?? 0) % 4}${(sha256(text).codePointAt(1) ?? 0) % 9}`

const slugs = fc.constantFrom('a', 'git', 'git-hub', 'x123456789-12345')
const names = fc.oneof(
  fc.constantFrom('read', 'read_file', 'read.file', 'read file', 'read/file', '', '_', '__', 'é'),
  fc.string({ unit: fc.constantFrom('a', 'b', '_', '-', '.', 'ö', '😀'), maxLength: 60 }),
  fc.constantFrom('a'.repeat(43), 'a'.repeat(44), 'a'.repeat(200), `${'a'.repeat(200)}b`),
)
const sets = fc.array(fc.record({ slug: slugs, name: names }), { maxLength: 40 })

test.each([
  ['an ordinary name', 'github', 'create_issue', 'github__create_issue'],
  ['a name with capitals and a dash', 'github', 'getFile-2', 'github__getFile-2'],
  ['dots and spaces', 'fs', 'read.text file', 'fs__read_text_file'],
  ['letters beyond ASCII', 'fs', 'größe', 'fs__gr__e'],
  ['a picture counts as one character', 'fs', 'go😀', 'fs__go_'],
  ['a name of dots and underscores', 'fs', '__a', 'fs____a'],
])('%s is named plainly', (_, slug, name, expected) => {
  expect(hubNames([{ slug, name }], sha256).all).toEqual([expected])
})

test('a long name is cut and ends in a hash of the whole', () => {
  const [one, other] = ['x', 'y'].map((end) => ({ slug: 'fs', name: `${'a'.repeat(60)}${end}` }))
  const { all } = hubNames(
    [one, other].filter((tool) => tool !== undefined),
    sha256,
  )
  expect(all).toHaveLength(2)
  for (const name of all) expect(name).toMatch(/^fs__a{37}_[0-9a-f]{6}$/)
})

test('a name that needs no change keeps it when another one would become the same', () => {
  const exact = { slug: 'fs', name: 'read_file' }
  const others = ['read.file', 'read file'].map((name) => ({ slug: 'fs', name }))
  const named = hubNames([...others, exact], sha256)
  expect(named.nameOf(exact)).toBe('fs__read_file')
  for (const other of others) expect(named.nameOf(other)).toMatch(/^fs__read_file_[0-9a-f]{6}$/)
})

test('a name that looks like the hash of another takes nothing from it', () => {
  const changed = { slug: 'fs', name: 'read.file' }
  const rival = { slug: 'fs', name: 'read_file' }
  const hashed = hubNames([changed, rival], sha256).nameOf(changed) ?? ''
  const thief = { slug: 'fs', name: hashed.slice('fs__'.length) }
  const named = hubNames([changed, rival, thief], sha256)
  expect(named.behind(hashed)).toEqual(thief)
  expect(named.nameOf(changed)).not.toBe(hashed)
  expect(named.all).toHaveLength(3)
})

test('a name that becomes the hash of another is hashed itself', () => {
  const pair = ['read.file', 'read file'].map((name) => ({ slug: 'fs', name }))
  const hashed = hubNames(pair, sha256).nameOf({ slug: 'fs', name: 'read.file' }) ?? ''
  const late = { slug: 'fs', name: hashed.slice('fs__'.length).replace('_file', '~file') }
  const named = hubNames([...pair, late], sha256)
  expect(named.behind(hashed)).toEqual({ slug: 'fs', name: 'read.file' })
  expect(named.all).toHaveLength(3)
})

const check = (tools: readonly UpstreamName[], hash: (text: string) => string): void => {
  const named = hubNames(tools, hash)
  const distinct = new Set(tools.map(({ slug, name }) => `${slug}\n${name}`))
  expect(named.all).toHaveLength(distinct.size)
  for (const tool of tools) {
    const name = named.nameOf(tool) ?? ''
    expect(name).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(name.length).toBeLessThanOrEqual(HUB_NAME_CHARACTERS_MAX)
    expect(name.slice(0, name.indexOf('__'))).toBe(tool.slug)
    expect(named.behind(name)).toEqual(tool)
  }
}

test('names are unique, fit every client, tell the server, and lead back to their tool', () => {
  fc.assert(fc.property(sets, (tools) => check(tools, sha256)))
})

test('names stay unique where hashes collide', () => {
  fc.assert(fc.property(sets, (tools) => check(tools, poorHash)))
})

test('names do not depend on the order of the tools', () => {
  const shuffled = sets.chain((tools) =>
    fc.tuple(fc.constant(tools), fc.shuffledSubarray(tools, { minLength: tools.length })),
  )
  fc.assert(
    fc.property(shuffled, ([tools, again]) => {
      const [one, other] = [hubNames(tools, sha256), hubNames(again, sha256)]
      for (const tool of tools) expect(other.nameOf(tool)).toBe(one.nameOf(tool))
    }),
  )
})

test.each([
  ['github', true],
  ['a', true],
  ['a-1', true],
  ['a234567890123456', true],
  ['a2345678901234567', false],
  ['1a', false],
  ['Git', false],
  ['git_hub', false],
  ['git.hub', false],
  ['', false],
])('%s as the name of a server: %s', (slug, isFine) => {
  expect(SLUG.test(slug)).toBe(isFine)
})
