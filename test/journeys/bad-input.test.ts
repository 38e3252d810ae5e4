import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { guildhall } from '../../scripts/demo/setting.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { type Got, send } from './ground.ts'

// What comes over the wire by mistake or by malice; the hub says what to do instead, and lives on.

const MB = 1024 * 1024
let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
  await post('/v1/projects', { key: 'GH', name: 'Hall' })
  const items = [{ title: 'One' }, { title: 'Two' }, { title: 'Three' }]
  const { status } = await post('/v1/tasks', { project: 'GH', items })
  expect(status).toBeLessThan(300)
}, 90_000)
afterAll(() => hub.stop())

const ask = (method: string, path: string, body?: unknown, headers = {}): Promise<Got> =>
  send({ url: hub.url, key: hub.ownerKey, method, path, body, headers })
const post = (path: string, body: unknown): Promise<Got> => ask('POST', path, body)
const save = (...items: readonly object[]) => post('/v1/tasks', { project: 'GH', items })

const Problem = z.looseObject({ title: z.string(), status: z.int(), code: z.string() })

const refusal = ({ status, headers, body }: Got) => {
  expect(headers.get('content-type')).toContain('application/problem+json')
  const problem = Problem.parse(body)
  expect(problem.status).toBe(status)
  return problem
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const itemsText = (item: string) => `{"project":"GH","items":[${item}]}`

const BODIES: readonly (readonly [string, string, number, string])[] = [
  ['text that is not JSON', '{"project":"GH",', 400, 'platform.body_not_json'],
  ['a list instead of an object', '[1,2]', 422, 'platform.body_not_object'],
  ['a key given twice', '{"project":"GH","project":"OPS"}', 422, 'platform.json_duplicate_key'],
  ['a prototype', '{"__proto__":{"admin":true}}', 422, 'platform.json_proto'],
  ['deep nesting', `{"items":${nested(100)}}`, 422, 'platform.json_too_deep'],
  ['very deep nesting', `{"items":${nested(100_000)}}`, 422, 'platform.json_too_deep'],
  ['a NUL character', itemsText('{"title":"a\\u0000b"}'), 422, 'platform.json_nul'],
  ['half a character', itemsText('{"title":"\\ud800"}'), 422, 'platform.json_lone_surrogate'],
  ['more than a megabyte', `{"project":"${'x'.repeat(MB)}"}`, 413, 'platform.body_too_large'],
  [
    'a title of 100,000 letters',
    itemsText(`{"title":"${'t'.repeat(100_000)}"}`),
    422,
    'platform.input_not_valid',
  ],
  [
    'a title of control characters',
    itemsText('{"title":"\\u0007\\u001b"}'),
    422,
    'platform.input_not_valid',
  ],
  ['a number for a title', itemsText('{"title":7}'), 422, 'platform.input_not_valid'],
  ['a text for a list', '{"project":"GH","items":"none"}', 422, 'platform.input_not_valid'],
  ['no items', '{"project":"GH","items":[]}', 422, 'platform.input_not_valid'],
]

test.each(BODIES)('%s is refused with a problem document', async (_, body, status, code) => {
  const got = await post('/v1/tasks', body)
  const problem = refusal(got)
  expect({ status: got.status, code: problem.code }).toEqual({ status, code })
  expect(got.text.length).toBeLessThan(2_000)
})

test('an unknown field is refused with the name that was meant, wherever it stands', async () => {
  const top = refusal(await post('/v1/projects', { key: 'OPS', nmae: 'Operations' }))
  expect(top.title).toContain('Did you mean "name"?')
  const deep = refusal(await save({ title: 'Fine' }, { titel: 'Typo' }))
  expect(deep.title).toContain('items[1]')
  expect(deep.title).toContain('Did you mean "title"?')
  const query = refusal(await ask('GET', '/v1/tasks?limt=3'))
  expect(query.title).toContain('limit')
})

test('control characters are taken out of a text, tabs and lines stay', async () => {
  await save({
    title: 'Bell\u0007 and\u001b[31m colour',
    body: 'one\u0000x'.replace('\u0000', '\u0008'),
  })
  const { text } = await ask('GET', '/v1/tasks/GH-4')
  expect(text).toContain('Bell and[31m colour')
  expect(text).toContain('onex')
})

const RPC: readonly (readonly [string, string, number])[] = [
  ['text that is not JSON', '{"jsonrpc":', 400],
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 400],
  ['a key given twice', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', 400],
  ['deep nesting', `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${nested(100)}}}`, 400],
  ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 400],
  ['more than four megabytes', `{"jsonrpc":"2.0","x":"${'x'.repeat(5 * MB)}"}`, 413],
]

test.each(RPC)('MCP refuses %s with an error of the protocol', async (_, body, status) => {
  const accept = { accept: 'application/json, text/event-stream' }
  const got = await ask('POST', '/agent/mcp', body, accept)
  expect(got.status).toBe(status)
  expect(got.body).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } })
})

test('a stale version is refused and says what changed, by body and by If-Match', async () => {
  await ask('PATCH', '/v1/tasks/GH-1', { priority: 'high' })
  const stale = refusal(await ask('PATCH', '/v1/tasks/GH-1', { title: 'Late', version: 1 }))
  expect(stale).toMatchObject({ status: 409, code: 'work.stale_version' })
  expect(JSON.stringify(stale)).toContain('priority')
  const match = { 'if-match': '"1"' }
  const header = await ask('PATCH', '/v1/tasks/GH-1', { title: 'Late' }, match)
  expect([409, 412]).toContain(header.status)
  expect((await ask('GET', '/v1/tasks/GH-1')).body).toMatchObject({ title: 'One' })
})

test('a task that waits for itself, and a circle, are refused and leave nothing', async () => {
  const self = refusal(await save({ id: 'GH-1', depends_on: ['+GH-1'] }))
  expect(self.status).toBe(409)
  const chain = await save(
    { id: 'GH-2', depends_on: ['+GH-1'] },
    { id: 'GH-3', depends_on: ['+GH-2'] },
  )
  expect(chain.status).toBe(200)
  const circle = refusal(await save({ title: 'Not kept' }, { id: 'GH-1', depends_on: ['+GH-3'] }))
  expect(circle.status).toBe(409)
  expect(circle.title).toMatch(/GH-1.*GH-[23]/)
  const refs = await save(
    { ref: 'a', title: 'A', depends_on: ['b'] },
    { ref: 'b', title: 'B', depends_on: ['a'] },
  )
  expect(refs.status).toBe(409)
  expect((await ask('GET', '/v1/tasks?text=%22Not%20kept%22')).text).not.toContain('Not kept')
})

test('what the address holds is refused as politely as a body', async () => {
  const statuses = async (paths: readonly string[]) =>
    Promise.all(paths.map(async (path) => (await ask('GET', path)).status))
  const paths = [
    '/v1/tasks/%00',
    '/v1/tasks/%E0%A4%A',
    '/v1/tasks/gh-1',
    `/v1/tasks/${'A'.repeat(400)}`,
  ]
  for (const status of await statuses(paths)) {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  }
  expect(await statuses([`/v1/tasks/GH-${'9'.repeat(9)}`, `/v1/keys/${randomUUID()}`])).toEqual([
    404, 404,
  ])
})

test('an import with broken lines takes the good ones and names the others', async () => {
  const row = (number: number) => ({
    id: `bd-${number}`,
    title: `Row ${number}`,
    status: 'open',
    priority: 2,
    issue_type: 'task',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  })
  const good = [1, 2, 3, 4].map((number) => JSON.stringify(row(number)))
  const broken = [...good.slice(0, 2), '{"id":"bd-x","title":', '{"id":7}', ...good.slice(2)]
  const file = join(hub.home, 'broken.jsonl')
  await writeFile(file, broken.join('\n'))
  const words = ['import', 'beads', file, '--project', 'GH']
  const first = await guildhall(hub, words)
  expect(first.exit).toBe(1)
  expect(first.out + first.err).toMatch(/line 3|:3/)
  const titles = async () => {
    const { text } = await ask('GET', '/v1/projects/GH/board')
    return [1, 2, 3, 4].map((number) => text.split(`"Row ${number}"`).length - 1)
  }
  expect(await titles()).toEqual([1, 1, 1, 1])
  await guildhall(hub, words)
  expect(await titles()).toEqual([1, 1, 1, 1])
}, 60_000)

test('after all that the ledger is whole and the hub is ready', async () => {
  expect((await ask('GET', '/v1/ledger/verify')).body).toMatchObject({ ok: true })
  expect((await ask('GET', '/readyz')).status).toBe(200)
  expect(hub.said()).not.toContain('Error')
})
