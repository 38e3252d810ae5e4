import { startTestHub } from '../test/hub.ts'
import { httpWorker } from './claims.ts'
import { type Finding, percentile, round } from './result.ts'
import { makeAgents, makeProject, seedTasks } from './seed.ts'
import { openSubscribers, streamRequest } from './subscribers.ts'

const WARM = 20
const CHANGES = 200
const P95_MS_MAX = 50

/**
 * Measures how long an event takes to a subscriber. The clock starts when the change is sent, so
 * that the time of the write itself is in it: the delay after the commit is below this number.
 */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  try {
    await makeProject(hub, 'LD')
    await seedTasks(hub, 'LD', { tasks: 10 })
    const [key = ''] = await makeAgents(hub, 'LD', 1)
    const worker = httpWorker(hub, key, 'LD')
    const { lease } = await worker.claim()
    const port = Number(new URL(hub.url).port)
    const reader = await openSubscribers(port, [streamRequest(hub.ownerKey)])
    const [whole, answers]: number[][] = [[], []]
    for (let turn = 0; turn < WARM + CHANGES; turn++) {
      const mark = `mark ${turn} of the bench`
      let answered = 0
      const [delay = 0] = await reader.delays(mark, async () => {
        const times = await worker.note(lease, mark)
        answered = times.answered - times.sent
      })
      if (turn < WARM) continue
      whole?.push(delay)
      answers?.push(answered)
    }
    worker.close()
    await reader.stop()
    const value = percentile(whole ?? [], 0.95)
    const baselineValue = percentile(answers ?? [], 0.95)
    const late = (whole ?? []).map((ms, index) => Math.max(0, ms - (answers?.[index] ?? 0)))
    return {
      name: 'ledger-delay',
      value: round(value, 1),
      unit: 'ms p95, from sending the change to its event',
      baseline: 'the answer to the same change, p95',
      baselineValue: round(baselineValue, 1),
      ratio: round(value / baselineValue),
      budget: `p95 < ${P95_MS_MAX} ms`,
      met: value < P95_MS_MAX,
      also: [
        {
          p50Ms: round(percentile(whole ?? [], 0.5), 1),
          afterAnswerP95Ms: round(percentile(late, 0.95), 1),
        },
      ],
    }
  } finally {
    await hub.stop()
  }
}
