import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { rooms } from '../../src/main/rooms.ts'
import { type Fuzzed, fuzz } from '../attack/fuzz.ts'
import { type Wire, wireTo } from '../attack/wire.ts'
import { startTestHub, type TestHub } from '../hub.ts'

// The fuzzer of test/attack, for minutes, against a hub process: FUZZ_MINUTES (4, at most 10) and
// FUZZ_SEED choose the run; a failure prints its seed.

const MINUTES = Math.min(10, Number(process.env['FUZZ_MINUTES'] ?? 4))
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000)
const MEMORY_GROWTH_MAX_MB = 150
const HEAP_MAX_MB = 512
const PARTS = 4
const PERSONS = 6
const AGENTS = 6

let hub: TestHub
let wire: Wire

beforeAll(async () => {
  // With this much heap a leak ends the process, and the run with it.
  hub = await startTestHub({ nodeFlags: [`--max-old-space-size=${HEAP_MAX_MB}`] })
  wire = wireTo(hub.url)
}, 120_000)
afterAll(async () => {
  wire.close()
  await hub.stop()
})

const Made = z.looseObject({ key: z.string() })
const made = async (path: string, body: object): Promise<string> => {
  const answer = await hub.api('POST', path, body)
  return Made.parse(answer.body).key
}

/** Makes admins and agents: together they may call faster than any one of them. */
const makeCallers = async (round: number) => {
  const keys = [hub.ownerKey, hub.ownerKey]
  for (let at = 0; at < PERSONS; at++) {
    const role = at % 3 === 2 ? 'member' : 'admin'
    keys.push(await made('/v1/people', { handle: `person-${round}-${at}`, role }))
  }
  for (let at = 0; at < AGENTS; at++) {
    keys.push(await made('/v1/agents', { name: `agent-${round}-${at}`, projects: ['GH'] }))
  }
  const own = ['GH-1', 'GH-2', 'GH-3', 'GH', 'GH/main', `agent-${round}-0`, 'Q-1', 'D-1', 'O-1', 1]
  return { keys, own }
}

const wait = (seconds: number) =>
  new Promise<void>((resolve) => {
    // Others of the callers may go on at once.
    setTimeout(resolve, Math.min(0.2, seconds) * 1_000)
  })

/** Reads how much memory a process holds, in MB; `null` where the system does not say. */
const memoryOf = async (pid: number): Promise<number | null> => {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024
  } catch {
    return null
  }
}

test(
  'minutes of odd requests meet no bug, no hang, no crash and no growing memory',
  async () => {
    await hub.api('POST', '/v1/projects', { key: 'GH', name: 'Hall' })
    const items = Array.from({ length: 20 }, (_, at) => ({ title: `Task ${at}`, status: 'Todo' }))
    await hub.api('POST', '/v1/tasks', { project: 'GH', items })
    const operations = rooms()
      .flatMap((room) => room.operations)
      .filter(({ internal, http, mcp }) => !internal && (http !== null || mcp !== null))
    let round = 0
    const callers = async () => makeCallers(++round)
    const fuzzing = { wire, operations, callers, wait }
    const parts: Fuzzed[] = []
    const memory: number[] = []
    for (let part = 0; part < PARTS; part++) {
      const until = { calls: 1_000_000, ms: (MINUTES * 60_000) / PARTS }
      parts.push(await fuzz({ ...fuzzing, seed: SEED + part, until }))
      memory.push(Math.round((await memoryOf(hub.pid)) ?? 0))
    }
    const calls = parts.reduce((sum, part) => sum + part.calls, 0)
    const succeeded = new Set(parts.flatMap((part) => [...part.succeeded]))
    process.stdout.write(
      `Long fuzz: ${calls} calls in ${MINUTES} min, seed ${SEED}, ${succeeded.size} of ` +
        `${operations.length} operations succeeded, memory ${memory.join(', ')} MB\n`,
    )
    expect(parts.flatMap(({ faults }) => faults).join('\n')).toBe('')
    // The first part fills caches and pools; what grows after that would grow for ever.
    expect(Number(memory.at(-1)) - Number(memory[0])).toBeLessThan(MEMORY_GROWTH_MAX_MB)
    expect(calls).toBeGreaterThan(MINUTES * 500)
    expect(succeeded.size).toBeGreaterThan(operations.length / 3)
    expect((await hub.api('GET', '/v1/me')).status).toBe(200)
    expect((await hub.api('GET', '/v1/ledger/verify')).body).toMatchObject({ ok: true })
    expect((await hub.api('GET', '/readyz')).status).toBe(200)
  },
  MINUTES * 60_000 + 180_000,
)
