import { startTestHub } from '../test/hub.ts'
import { httpWorker } from './claims.ts'
import { type Finding, median, percentile, round } from './result.ts'
import { bareInserts, makeAgents, makeProject, seedTasks } from './seed.ts'

const WORKERS = 8
const ROUNDS = 3
const ROUND_S = 3
const SHARE_MIN = 0.5
const TASKS = 20_000

/** Measures claim + finish over HTTP against bare inserts on the same server, fsync on. */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  try {
    await makeProject(hub, 'CF')
    await seedTasks(hub, 'CF', { tasks: TASKS })
    const keys = await makeAgents(hub, 'CF', WORKERS)
    const workers = keys.map((key) => httpWorker(hub, key, 'CF'))
    const [claims, ends, ours, bare]: number[][] = [[], [], [], []]
    for (let turn = 0; turn <= ROUNDS; turn++) {
      const begun = performance.now()
      const until = begun + ROUND_S * 1000
      let cycles = 0
      const drive = async ({ claim, finish }: (typeof workers)[number]) => {
        while (performance.now() < until) {
          const { lease, ms } = await claim()
          claims?.push(ms)
          ends?.push(await finish(lease))
          cycles += 1
        }
      }
      await Promise.all(workers.map(drive))
      const rate = (cycles * 1000) / (performance.now() - begun)
      const { perSecond } = await bareInserts(hub.home, { clients: WORKERS, seconds: ROUND_S / 2 })
      if (turn === 0) continue // The first round warms both up.
      ours?.push(rate)
      bare?.push(perSecond)
    }
    for (const worker of workers) worker.close()
    const [value, baselineValue] = [round(median(ours ?? []), 1), round(median(bare ?? []), 0)]
    const times = (list: readonly number[] = []) => round(percentile(list, 0.5), 1)
    return {
      name: 'claim-finish',
      value,
      unit: 'cycles/s',
      baseline: `bare one-row insert transactions, ${WORKERS} connections, fsync on`,
      baselineValue,
      ratio: round(value / baselineValue, 3),
      budget: `>= ${SHARE_MIN} of the inserts`,
      met: value / baselineValue >= SHARE_MIN,
      also: [{ claimP50Ms: times(claims), finishP50Ms: times(ends) }],
    }
  } finally {
    await hub.stop()
  }
}
