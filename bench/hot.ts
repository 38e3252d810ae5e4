import { baselineServer, type Load, startLoad } from './processes.ts'
import type { LoadReport } from './load-process.ts'
import { median, round } from './result.ts'
import { makeAgents, makeProject, seedTasks } from './seed.ts'
import { startTestHub, type TestHub } from '../test/hub.ts'

/** Requests per second of several servers, taken in turn so that noise hits all of them. */
export type Side = Readonly<{ name: string; port: number; request: string; expects: string }>

const CONNECTIONS = 16
const WARM_S = 0.7
const ROUND_S = 2
const ROUNDS = 3

/** Loads servers one after the other, in rounds; gives the median rate of each by name. */
export const inTurn = async (
  load: Load,
  sides: readonly Side[],
): Promise<ReadonlyMap<string, number>> => {
  const rates = new Map<string, number[]>(sides.map(({ name }) => [name, []]))
  const once = async (side: Side, seconds: number): Promise<LoadReport> => {
    const { port, request, expects } = side
    const requests = Array.from({ length: CONNECTIONS }, () => request)
    return load.run({ port, requests, seconds, expects })
  }
  for (const side of sides) await once(side, WARM_S)
  for (let turn = 0; turn < ROUNDS; turn++) {
    for (const side of sides) {
      const { count, seconds } = await once(side, ROUND_S)
      rates.get(side.name)?.push(count / seconds)
    }
  }
  return new Map([...rates].map(([name, values]) => [name, round(median(values), 0)]))
}

/** A hub with one project of fifty tasks, an agent's key, and a load generator. */
export const withHotHub = async <T>(
  body: (hall: { hub: TestHub; port: number; key: string; load: Load }) => Promise<T>,
): Promise<T> => {
  const hub = await startTestHub()
  const load = startLoad()
  try {
    await makeProject(hub, 'HOT')
    await seedTasks(hub, 'HOT', { tasks: 50 })
    const [key = ''] = await makeAgents(hub, 'HOT', 1)
    return await body({ hub, port: Number(new URL(hub.url).port), key, load })
  } finally {
    await load.stop()
    await hub.stop()
  }
}

/** Asks once how large an answer is, so that the baseline answers with as many bytes. */
export const answerBytes = async (load: Load, side: Side): Promise<number> => {
  const { port, request, expects } = side
  const { bytes } = await load.run({ port, requests: [request], seconds: 0.1, expects })
  return bytes
}

// What node:http writes before the body of the baseline's answer.
const BASELINE_HEAD_BYTES = 160

/** Starts the bare server whose answers are as large as ours. */
export const echoFor = async (load: Load, ours: Side) =>
  baselineServer(
    'echo',
    String(Math.max(40, (await answerBytes(load, ours)) - BASELINE_HEAD_BYTES)),
  )
