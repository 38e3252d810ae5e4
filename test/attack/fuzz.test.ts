import { afterAll, beforeAll, expect, test } from 'vitest'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { House } from '../../src/main/compose.ts'
import type { Log } from '../../src/platform/log.ts'
import { probeHouse } from '../probe.ts'
import { type OpenDoors, openDoors } from './crawl-doors.ts'
import { freshNames } from './crawl-names.ts'
import { seed, type Seeded } from './crawl-world.ts'
import { type Fuzzed, fuzz } from './fuzz.ts'

// A few thousand odd requests to every operation, by a seed that a failure prints. The long suite
// does the same against a hub process, for minutes.

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121)
const UNTIL = { calls: 5_000, ms: 18_000 }
const HEAP_GROWTH_MAX = 64 * 1024 * 1024

const bugs: string[] = []
const quiet = () => {}
const log: Log = {
  info: quiet,
  warn: quiet,
  error: (line, fields) => void bugs.push(`${line} ${JSON.stringify(fields)}`),
  wide: quiet,
  flush: quiet,
}

let house: House
let open: OpenDoors
let seeded: Seeded

beforeAll(async () => {
  house = (await probeHouse({ log })).house
  open = await openDoors(house)
}, 60_000)
afterAll(() => open.close())

const callers = async () => {
  seeded = await seed(house, freshNames(), false)
  const { keys, names, lease } = seeded
  const own = ['GH-1', 'GH-2', 'GH', 'GH/main', names.handle, 'Q-1', 'D-1', 'O-1', lease, 'main', 1]
  // Most of it as the owner: what others may not do ends early.
  return { keys: [keys.owner, keys.owner, ...Object.values(keys)], own }
}

const heapUsed = (): number => {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}

test('no odd request meets a bug, a hang, a secret or a refusal without form', async () => {
  const operations = house.hall.operations.filter(({ http, mcp }) => http !== null || mcp !== null)
  const wait = (seconds: number) => seeded.org.clock.turn(seconds * 1_000)
  const lastBug = () => bugs.at(-1)
  const fuzzing = { wire: open.wire, operations, callers, wait, lastBug }
  // Warm first: what is loaded and cached once is no growth.
  await fuzz({ ...fuzzing, seed: SEED + 1, until: { calls: 400, ms: 5_000 } })
  const before = heapUsed()
  const fuzzed: Fuzzed = await fuzz({ ...fuzzing, seed: SEED, until: UNTIL })
  const growth = heapUsed() - before
  const { calls, statuses, succeeded, faults } = fuzzed
  process.stdout.write(
    `Fuzz: ${calls} calls, seed ${SEED}, ${succeeded.size} of ${operations.length} operations ` +
      `succeeded, heap ${(growth / 1024 / 1024).toFixed(1)} MB; ${JSON.stringify(statuses)}\n`,
  )
  expect(faults.join('\n')).toBe('')
  expect(growth).toBeLessThan(HEAP_GROWTH_MAX)
  expect(calls).toBeGreaterThan(500)
  // Requests that are all refused at the threshold would show nothing.
  expect(succeeded.size).toBeGreaterThan(operations.length / 3)
}, 120_000)

test('after all that the house answers as before', async () => {
  const { keys } = await seed(house, freshNames(), false)
  const headers = { authorization: `Bearer ${keys.owner}` }
  const me = await open.wire.send({ method: 'GET', path: '/v1/me', headers })
  expect(me.status).toBe(200)
  expect(bugs).toEqual([])
})
