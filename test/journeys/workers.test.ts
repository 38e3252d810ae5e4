import { expect, test } from 'vitest'
import { runCrew } from '../../scripts/demo/crew.ts'
import { judge } from '../../scripts/demo/judge.ts'
import { readEvents } from '../../scripts/demo/ledger.ts'
import { leftOver } from '../../scripts/demo/left.ts'
import { makeAgents, ownerId } from '../../scripts/demo/setting.ts'
import type { TestHub } from '../hub.ts'
import { hubOf } from './ground.ts'

// The main job, small: processes with the official MCP client, a quarter of them killed.

const PROJECT = 'CREW'
const TASKS = 120
const PER_BATCH = 60
const WORKERS = 8
const KILLS = 2
const LEASE_S = 5

/** Makes tasks of which two in three wait for others, in layers. */
const makeTasks = async (hub: TestHub): Promise<void> => {
  const made = await hub.api('POST', '/v1/projects', { key: PROJECT, name: 'Crew' })
  if (made.status >= 300) throw new Error(JSON.stringify(made.body))
  for (let from = 0; from < TASKS; from += PER_BATCH) {
    const items = Array.from({ length: PER_BATCH }, (_, at) => ({
      ref: `t${at}`,
      title: `Task ${from + at}`,
      ...(at % 3 > 0 && { depends_on: [`t${at - 1}`, ...(at > 5 ? [`t${at - 5}`] : [])] }),
    }))
    const { status, body } = await hub.api('POST', '/v1/tasks', { project: PROJECT, items })
    if (status >= 300) throw new Error(JSON.stringify(body))
  }
}

test('workers of which a quarter are killed do every task once, and nobody repairs', async () => {
  const hub = await hubOf()
  await makeTasks(hub)
  const orders = await makeAgents(hub, {
    workers: WORKERS,
    project: PROJECT,
    leaseS: LEASE_S,
    waitS: 2,
  })
  const from = { url: hub.url, key: hub.ownerKey }
  const before = await readEvents(from)
  const seen = await runCrew({
    orders,
    kills: KILLS,
    claimsPerKill: TASKS / (KILLS * 2),
    limitMs: 90_000,
    say: () => {},
  })
  const people = new Set([await ownerId(hub)])
  const run = { from: before.at(-1)?.pos ?? 0, people }
  const judgement = judge(await readEvents(from), seen, run)
  expect(judgement.faults).toEqual([])
  expect(judgement).toMatchObject({
    doubleClaims: 0,
    lostUpdates: 0,
    manualRepairs: 0,
    finished: TASKS,
  })
  expect(seen.killed).toBe(KILLS)
  expect(judgement.reclaimed).toBe(KILLS)
  expect(judgement.claims).toBe(TASKS + KILLS)
  expect(await leftOver(hub, PROJECT)).toMatchObject({ open: 0 })
  expect((await hub.api('GET', '/v1/ledger/verify')).body).toMatchObject({ ok: true })
}, 150_000)
