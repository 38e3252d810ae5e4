import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { operation } from '../../src/kernel/operation.ts'
import { chanceOf } from './fuzz-chance.ts'
import { fuzz } from './fuzz.ts'
import { type Wire, wireTo } from './wire.ts'

// A fuzzer that finds nothing says little unless it would find something: here are servers with
// one fault each.

const running: { server: Server; wire: Wire }[] = []
afterEach(() => {
  for (const { server, wire } of running.splice(0)) {
    wire.close()
    server.closeAllConnections()
    server.close()
  }
})

const readThing = operation<object>()({
  name: 'work.read_thing',
  about: 'Read a thing.',
  input: z.strictObject({ note: z.string().max(100_000).optional(), size: z.int().optional() }),
  output: z.object({ name: z.string() }),
  access: 'task:read',
  effect: 'read',
  http: 'POST /things',
  mcp: 'thing_get',
  run: async () => ({ name: '' }),
})

type Said = Readonly<{ status: number; type: string; body: string }> | null
type Call = Readonly<{ url: string; body: string; key: string; method: string }>

const PROBLEM = 'application/problem+json'
const polite = ({ url }: Call): Said => {
  const isRpc = url.startsWith('/agent')
  const error = { jsonrpc: '2.0', id: 1, error: { code: -32600, message: 'This is not valid.' } }
  const code = 'platform.input_not_valid'
  const problem = { type: `/problems/${code}`, title: 'Send less.', status: 422, code, trace: '0' }
  return isRpc
    ? { status: 400, type: 'application/json', body: JSON.stringify(error) }
    : { status: 422, type: PROBLEM, body: JSON.stringify(problem) }
}

/** Runs the fuzzer against a server that says what it is told to. */
const fuzzWith = async (say: (call: Call) => Said, calls = 400) => {
  const server = createServer((req, res) => {
    const answer = async () => {
      const { url = '', method = '', headers } = req
      const said = say({ url, method, key: headers.authorization ?? '', body: await text(req) })
      if (said === null) return
      res.writeHead(said.status, { 'content-type': said.type })
      res.end(said.body)
    }
    answer().catch(() => res.destroy())
  })
  server.on('clientError', (_, socket) => socket.destroy())
  server.on('checkExpectation', (req, res) => server.emit('request', req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const wire = wireTo(`http://127.0.0.1:${port}`, 500)
  running.push({ server, wire })
  const { faults } = await fuzz({
    seed: 7,
    wire,
    operations: [readThing],
    callers: async () => ({ keys: [`guild_p_${'k'.repeat(60)}`], own: [] }),
    wait: () => {},
    until: { calls, ms: 20_000 },
  })
  return faults.join('\n')
}

const problemOf = (said: Said, change: object): Said =>
  said && { ...said, body: JSON.stringify({ ...JSON.parse(said.body), ...change }) }

test('a server that refuses everything in form passes', async () => {
  // What is not HTTP at all is cut off by this bare server; the hub has an answer for it.
  const faults = await fuzzWith(polite)
  expect(
    faults.replaceAll(/no answer: (socket hang up|.*ECONNRESET)[^\n]*\n[^\n]*\n[^\n]*\n?/g, ''),
  ).toBe('')
})

test('a bug behind one value is found and cut down to that value', async () => {
  const faults = await fuzzWith((call) => {
    const isHit = call.url.startsWith('/v1/things') && /"note":"[^"]*<script>/.test(call.body)
    return isHit ? { status: 500, type: PROBLEM, body: '{}' } : polite(call)
  }, 3_000)
  const [found = ''] = faults.split('\n').filter((line) => line.includes('<script>'))
  expect(faults).toContain('status 500 (seed 7, work.read_thing')
  expect(found.length).toBeLessThan(60)
})

test('a request that is never answered is found', async () => {
  const faults = await fuzzWith(
    (call) => (call.body.includes('1e308') ? null : polite(call)),
    2_000,
  )
  expect(faults).toContain('No answer within 500 ms')
})

test('a key, a stack, and a bug of ours in an answer are found', async () => {
  const leaks = {
    'a secret': (call: Call) => problemOf(polite(call), { title: `Not ${call.key}` }),
    'a stack': (call: Call) => problemOf(polite(call), { title: 'Error\n at run (node:fs:7:1)' }),
    'a bug of ours': (call: Call) => problemOf(polite(call), { code: 'platform.unexpected' }),
  }
  for (const [name, say] of Object.entries(leaks)) expect(await fuzzWith(say, 40)).toContain(name)
})

test('an answer of another type, status or form is found', async () => {
  const type = (call: Call) => ({ ...polite(call), status: 422, type: 'text/html', body: '<p>' })
  expect(await fuzzWith(type, 40)).toContain('a refusal as "text/html"')
  expect(await fuzzWith((call) => problemOf(polite(call), { code: 'No' }), 40)).toContain(
    'a refusal without form: code',
  )
  const status = (call: Call) => problemOf(polite(call), { status: 400 })
  expect(await fuzzWith(status, 40)).toContain('a refusal of status 400 sent as 422')
  const output = () => ({ status: 200, type: 'application/json', body: '{"name":7}' })
  expect(await fuzzWith(output, 40)).toContain('an answer of work.read_thing that is none: name')
})

test('equal seeds give equal chance, others do not', () => {
  const row = (seed: number) => {
    const chance = chanceOf(seed)
    return Array.from({ length: 20 }, () => chance.below(1_000))
  }
  expect(row(5)).toEqual(row(5))
  expect(row(5)).not.toEqual(row(6))
})
