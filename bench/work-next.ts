import { startTestHub } from '../test/hub.ts'
import { httpWorker } from './claims.ts'
import { type Finding, percentile, round } from './result.ts'
import { bareInserts, makeAgents, makeProject, seedTasks } from './seed.ts'

const TASKS = 20_000
const DEPENDENCIES = 10_000
const WARM = 30
const CLAIMS = 300
const P95_MS_MAX = 5

/** Measures a claim out of 20,000 open tasks, one after the other, through the HTTP door. */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  try {
    await makeProject(hub, 'WN')
    await seedTasks(hub, 'WN', { tasks: TASKS, blocked: DEPENDENCIES })
    const [key = ''] = await makeAgents(hub, 'WN', 1)
    const worker = httpWorker(hub, key, 'WN')
    const times: number[] = []
    for (let turn = 0; turn < WARM + CLAIMS; turn++) {
      const { lease, ms } = await worker.claim()
      if (turn >= WARM) times.push(ms)
      await worker.finish(lease)
    }
    worker.close()
    const bare = await bareInserts(hub.home, { clients: 1, seconds: 2 })
    const [value, baselineValue] = [percentile(times, 0.95), percentile(bare.times, 0.95)]
    return {
      name: 'work-next',
      value: round(value),
      unit: 'ms p95',
      baseline: 'bare one-row insert transaction, p95',
      baselineValue: round(baselineValue),
      ratio: round(value / baselineValue),
      budget: `p95 < ${P95_MS_MAX} ms at concurrency 1`,
      met: value < P95_MS_MAX,
      also: [{ p50Ms: round(percentile(times, 0.5)) }],
    }
  } finally {
    await hub.stop()
  }
}
