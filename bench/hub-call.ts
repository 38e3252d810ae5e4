import { z } from 'zod'
import { startTestHub, type TestHub } from '../test/hub.ts'
import { baselineServer, type Load, rawToolCall, startLoad } from './processes.ts'
import { type Finding, median, round } from './result.ts'
import { makeAgents, makeProject } from './seed.ts'

const CONNECTIONS = 16
const WARM_S = 1.5
const ROUND_S = 3
const ROUNDS = 3
const CALLS_MIN = 2_000
const ADDED_MS_MAX = 1

const Added = z.object({ tools: z.int() })

type Sides = Readonly<{ load: Load; hub: TestHub; key: string; upstreamPort: number }>

/** Measures calls of a tool through the hub against the same calls made at its server. */
export const bench = async (): Promise<Finding> => {
  const upstream = await baselineServer('upstream')
  const settings = { GUILDHALL_EGRESS_ALLOW: `127.0.0.1/32:${upstream.port}` }
  const hub = await startTestHub({ settings })
  const load = startLoad()
  try {
    await makeProject(hub, 'HOT')
    const [key = ''] = await makeAgents(hub, 'HOT', 1)
    await addUpstream(hub, upstream.port)
    return await measured({ load, hub, key, upstreamPort: upstream.port })
  } finally {
    await load.stop()
    await hub.stop()
    await upstream.stop()
  }
}

const addUpstream = async (hub: TestHub, port: number): Promise<void> => {
  const { status, body } = await hub.api('POST', '/v1/tool-servers', {
    ...{ slug: 'up', url: `http://127.0.0.1:${port}/mcp`, trust: true },
    rules: { egress: 'internal', untrusted: false },
  })
  const added = Added.safeParse(body)
  if (status !== 200 || added.data?.tools !== 1) throw new Error(JSON.stringify(body))
}

const measured = async ({ load, hub, key, upstreamPort }: Sides): Promise<Finding> => {
  const text = 'a text of some length, as tools give them back'
  const port = Number(new URL(hub.url).port)
  const ours = rawToolCall(key, 'tool_call', { name: 'up__echo', args: { text } })
  const direct = rawToolCall('none', 'echo', { text })
  const at = (where: number, request: string) => (connections: number, seconds: number) =>
    load.run({
      ...{ port: where, seconds, expects: text },
      requests: Array.from({ length: connections }, () => request),
    })
  const sides = [at(port, ours), at(upstreamPort, direct)] as const
  for (const side of sides) await side(CONNECTIONS, WARM_S)
  const rates: number[][] = [[], []]
  const p50s: number[][] = [[], []]
  for (let turn = 0; turn < ROUNDS; turn++) {
    for (const [index, side] of sides.entries()) {
      const { count, seconds } = await side(CONNECTIONS, ROUND_S)
      rates[index]?.push(count / seconds)
      const alone = await side(1, 1)
      p50s[index]?.push(alone.p50Ms)
    }
  }
  const [rate = 0, bare = 0] = rates.map((all) => round(median(all), 0))
  const [p50 = 0, bareP50 = 0] = p50s.map((all) => median(all))
  const added = round(p50 - bareP50)
  return {
    name: 'hub-call',
    value: rate,
    unit: 'calls/s',
    baseline: 'the same calls made at the server itself',
    baselineValue: bare,
    ratio: round(rate / bare),
    budget: `>= ${CALLS_MIN}/s with 16 connections, < ${ADDED_MS_MAX} ms added p50 with one`,
    met: rate >= CALLS_MIN && added < ADDED_MS_MAX,
    also: [{ addedP50Ms: added, p50Ms: round(p50), baseP50Ms: round(bareP50) }],
  }
}
