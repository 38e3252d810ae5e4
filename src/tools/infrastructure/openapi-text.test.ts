import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readOpenApi } from './openapi-text.ts'

const DOCUMENT = {
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1' },
  paths: {
    '/pets': { get: { operationId: 'list', responses: { 200: { description: 'Pets.' } } } },
  },
}

test('JSON and YAML of one document are the same tools', async () => {
  const fromJson = await readOpenApi(`\uFEFF${JSON.stringify(DOCUMENT)}`)
  expect(fromJson.operations.map(({ name }) => name)).toEqual(['list'])
  expect(await readOpenApi(stringify(DOCUMENT))).toEqual(fromJson)
  // Comments and single quotes: JSON in form, YAML in fact.
  expect(await readOpenApi(`{'openapi': '3.0.3', paths: {}} # short`)).toMatchObject({
    operations: [],
  })
})

test.each([
  [{ openapi: '3.2.0' }, { kind: 'invalid', code: 'tools.openapi_version' }],
  [
    {
      ...DOCUMENT,
      paths: Object.fromEntries(Array.from({ length: 301 }, (_, at) => [`/${at}`, { get: {} }])),
    },
    { code: 'tools.openapi_too_many', details: { operations: 301 } },
  ],
])('what is refused in the thread is refused in the same words', async (document, refusal) => {
  await expect(readOpenApi(JSON.stringify(document))).rejects.toMatchObject(refusal)
})

test('aliases of YAML are followed', async () => {
  const text = `
openapi: 3.1.0
paths:
  /a: &item
    get: {operationId: a}
  /b: *item
`
  const { operations } = await readOpenApi(text)
  expect(operations.map(({ request }) => request.path)).toEqual(['/a', '/b'])
})

const bomb = (levels: number): string =>
  [
    'openapi: 3.0.0',
    'x0: &x0 {type: string}',
    ...Array.from({ length: levels }, (_, at) => {
      const inner = Array.from({ length: 9 }, (_each, key) => `k${key}: *x${at}`).join(', ')
      return `x${at + 1}: &x${at + 1} {${inner}}`
    }),
  ].join('\n')

test.each([
  ['that doubles itself by aliases', bomb(9)],
  ['that is nested without an end', `openapi: ${'['.repeat(100_000)}`],
  ['with a name twice', 'openapi: 3.0.0\nopenapi: 3.1.0'],
  ['with an alias of nothing', 'openapi: *nothing'],
  ['with broken indentation', 'a:\n  - b\n c: d'],
  ['that is a text', 'just a text'],
  ['that is empty', ''],
])('YAML %s is refused', async (_, text) => {
  await expect(readOpenApi(text)).rejects.toMatchObject({ code: 'tools.openapi_unreadable' })
})

test('the refusal of broken YAML says where', async () => {
  await expect(readOpenApi('a: 1\nb: 2\na: 3\n')).rejects.toThrow('DUPLICATE_KEY in line 3')
})

test('a document of more than five megabytes is refused unread', async () => {
  const text = `{"openapi":"3.0.0","x":"${'é'.repeat(2_500_000)}"}`
  await expect(readOpenApi(text)).rejects.toMatchObject({ code: 'tools.openapi_too_large' })
})

test('while a document is read, the hub goes on', async () => {
  const paths = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, at) => [
      `/p${at}`,
      { parameters: [{ name: `n${at}`, in: 'query' }] },
    ]),
  )
  const text = stringify({ ...DOCUMENT, paths: { ...paths, ...DOCUMENT.paths } })
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 1)
  const { operations } = await readOpenApi(text)
  clearInterval(timer)
  expect(operations.length).toBe(1)
  expect(turns).toBeGreaterThan(20)
})
