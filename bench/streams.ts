import { startTestHub } from '../test/hub.ts'
import { httpWorker } from './claims.ts'
import { baselineServer, rawRequest } from './processes.ts'
import { type Finding, median, percentile, round } from './result.ts'
import { makeAgents, makeProject, seedTasks } from './seed.ts'
import { openSubscribers, streamRequest } from './subscribers.ts'

const AGENTS = 50
const STREAMS_PER_AGENT = 20
const WARM = 3
const CHANGES = 15
const P95_MS_MAX = 250

/** Measures how long one event takes to a thousand streams, against a bare fan-out. */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  try {
    await makeProject(hub, 'ST')
    await seedTasks(hub, 'ST', { tasks: 10 })
    const keys = await makeAgents(hub, 'ST', AGENTS)
    const requests = keys.flatMap((key) =>
      Array.from({ length: STREAMS_PER_AGENT }, () => streamRequest(key)),
    )
    const worker = httpWorker(hub, keys[0] ?? '', 'ST')
    const { lease } = await worker.claim()
    const port = Number(new URL(hub.url).port)
    const ours = await measure(port, requests, (mark) => worker.note(lease, mark))
    worker.close()
    const bare = await bareFanOut(requests.length)
    const [value, baselineValue] = [median(ours), median(bare)]
    return {
      name: 'streams',
      value: round(value, 1),
      unit: `ms p95 over ${requests.length} streams, from sending the change`,
      baseline: 'bare node:http that writes to as many streams, p95',
      baselineValue: round(baselineValue, 1),
      ratio: round(value / baselineValue),
      budget: `< ${P95_MS_MAX} ms`,
      met: value < P95_MS_MAX,
    }
  } finally {
    await hub.stop()
  }
}

type Change = (mark: string) => Promise<unknown>

const measure = async (
  port: number,
  requests: readonly string[],
  change: Change,
): Promise<readonly number[]> => {
  const readers = await openSubscribers(port, requests)
  try {
    const worst: number[] = []
    for (let turn = 0; turn < WARM + CHANGES; turn++) {
      const mark = `mark ${turn} of the bench`
      const delays = await readers.delays(mark, () => change(mark))
      if (turn >= WARM) worst.push(percentile(delays, 0.95))
    }
    return worst
  } finally {
    await readers.stop()
  }
}

const bareFanOut = async (streams: number): Promise<readonly number[]> => {
  const side = await baselineServer('fan-out')
  try {
    const one = rawRequest({ method: 'GET', path: '/' })
    const requests = Array.from({ length: streams }, () => one)
    return await measure(side.port, requests, (mark) =>
      fetch(`http://127.0.0.1:${side.port}/`, {
        method: 'POST',
        body: JSON.stringify({ id: mark }),
      }).then((answer) => answer.text()),
    )
  } finally {
    await side.stop()
  }
}
