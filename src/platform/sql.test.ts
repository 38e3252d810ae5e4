import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, compose, json, part, query, sqlOver } from './sql.ts'

const flat = ({ text, values }: { text: string; values: readonly unknown[] }) => ({
  text: text.replaceAll(/\s+/g, ' ').trim(),
  values,
})

test('every hole becomes a numbered value', () => {
  const hostile = `'; drop table x --`
  expect(flat(query`select ${1} where a = ${hostile} and b = ${null}`)).toEqual({
    text: 'select $1 where a = $2 and b = $3',
    values: [1, hostile, null],
  })
})

test('parts are put in place and their holes are numbered on', () => {
  const inner = part`c = ${'c'} and d = any(${['d']}::text[])`
  const outer = part`(${inner} or e = ${'e'})`
  expect(flat(query`select ${'a'} where ${outer} and f = ${'f'} and ${inner}`)).toEqual({
    text:
      'select $1 where (c = $2 and d = any($3::text[]) or e = $4) and f = $5 ' +
      'and c = $6 and d = any($7::text[])',
    values: ['a', 'c', ['d'], 'e', 'f', 'c', ['d']],
  })
})

test('a part without holes adds text alone', () => {
  expect(flat(query`select 1 ${part`order by a`} limit ${2}`)).toEqual({
    text: 'select 1 order by a limit $1',
    values: [2],
  })
})

test('the numbers of holes always fit the values, however parts are nested', () => {
  type Tree = { value: number } | { nodes: Tree[] }
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.record({ value: fc.integer() }),
      fc.record({ nodes: fc.array(tie('tree'), { maxLength: 4 }) }),
    ),
  }))
  const build = (node: Tree): unknown =>
    'value' in node
      ? node.value
      : { kind: 'part', strings: ['', ...node.nodes.map(() => ' ')], holes: node.nodes.map(build) }
  const leaves = (node: Tree): number[] =>
    'value' in node ? [node.value] : node.nodes.flatMap(leaves)
  fc.assert(
    fc.property(tree, (root) => {
      const { text, values } = compose(['', ''], [build(root)])
      expect(values).toEqual(leaves(root))
      expect([...text.matchAll(/\$(\d+)/g)].map((hole) => Number(hole[1]))).toEqual(
        values.map((_, index) => index + 1),
      )
    }),
  )
})

test('undefined in a hole is our bug, also inside a part', () => {
  expect(() => query`select ${undefined}`).toThrow(/undefined/)
  expect(() => query`select ${part`a = ${undefined}`}`).toThrow(/undefined/)
})

test('a list for jsonb goes as text, a list for an array as a list', () => {
  expect(query`select ${json([1, 'a'])}, ${[1, 2]}`.values).toEqual(['[1,"a"]', [1, 2]])
})

test('a moment goes as UTC', () => {
  expect(at(0)).toBe('1970-01-01T00:00:00.000Z')
})

test('one wants exactly one row, maybe at most one', async () => {
  const giving = (...rows: object[]) => sqlOver(async () => rows)
  await expect(giving().one`select 1`).rejects.toThrow(/exactly one row/)
  await expect(giving({ a: 1 }, { a: 2 }).one`select 1`).rejects.toThrow(/exactly one row/)
  await expect(giving({ a: 1 }, { a: 2 }).maybe`select 1`).rejects.toThrow(/at most one row/)
  expect(await giving({ a: 1 }).one`select 1`).toEqual({ a: 1 })
  expect(await giving().maybe`select 1`).toBeUndefined()
})
