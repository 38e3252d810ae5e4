import { z } from 'zod'
import { startTestHub, type TestHub } from '../test/hub.ts'
import { type OtherHub, type SkippedHub, startOthers } from './others/hubs.ts'
import { baselineServer, type Load, rawToolCall, startLoad } from './processes.ts'
import { type Finding, median, round } from './result.ts'
import { makeAgents, makeProject } from './seed.ts'

const CONNECTIONS = [4, 16, 64] as const
// Of these the budget speaks.
const BUDGET_CONNECTIONS = 16
// Eight calls of one principal are under way at a server at most.
const AGENTS = 8
const WARM_S = 5
const ROUND_S = 5
const ALONE_S = 1
const ROUNDS = 3
const CALLS_MIN = 2_000
const MOONSHOT_CALLS = 5_000
const ADDED_MS_MAX = 1
const TEXT = 'a text of some length, as tools give them back'

const BUDGET = [
  `>= ${CALLS_MIN}/s with ${BUDGET_CONNECTIONS} connections`,
  `< ${ADDED_MS_MAX} ms added p50 with one`,
].join(', ')

const Added = z.object({ tools: z.int() })

/** Somebody who is asked for the same work: where, and with which requests. */
type Side = Readonly<{ name: string; port: number; requests: readonly string[] }>
/** What a side did: calls a second by connections, and how long one takes alone. */
type Measured = Readonly<{
  rates: ReadonlyMap<number, number>
  p95Ms: ReadonlyMap<number, number>
  p50Ms: number
}>

/** Measures calls of a tool through the hub beside the same calls made directly and elsewhere. */
export const bench = async (): Promise<Finding> => {
  const upstream = await baselineServer('upstream')
  const settings = { GUILDHALL_EGRESS_ALLOW: `127.0.0.1/32:${upstream.port}` }
  const hub = await startTestHub({ settings })
  const load = startLoad()
  const others = await startOthers({ upstreamPort: upstream.port, text: TEXT })
  try {
    await makeProject(hub, 'HOT')
    const keys = await makeAgents(hub, 'HOT', AGENTS)
    await addUpstream(hub, upstream.port)
    const ours = {
      name: 'ours',
      port: Number(new URL(hub.url).port),
      requests: keys.map((key) =>
        rawToolCall(key, 'tool_call', { name: 'up__echo', args: { text: TEXT } }),
      ),
    }
    const direct = {
      ...{ name: 'direct', port: upstream.port },
      requests: [rawToolCall('none', 'echo', { text: TEXT })],
    }
    const there = others.filter((one) => 'port' in one)
    const beside = there.map(({ name, port, request }) => ({ name, port, requests: [request] }))
    return findingOf(await inTurn(load, [ours, direct, ...beside]), others)
  } finally {
    await load.stop()
    await Promise.all(others.map(async (one) => 'stop' in one && one.stop()))
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

/** Loads all sides one after the other in rounds, so that noise hits all of them. */
const inTurn = async (
  load: Load,
  sides: readonly Side[],
): Promise<ReadonlyMap<string, Measured>> => {
  const at = ({ port, requests }: Side, connections: number, seconds: number) =>
    load.run({
      ...{ port, seconds, expects: TEXT, always: true },
      requests: Array.from({ length: connections }, (_, n) => requests[n % requests.length] ?? ''),
    })
  const seen = new Map(sides.map((side) => [side.name, listsOf()]))
  for (const side of sides) await at(side, BUDGET_CONNECTIONS, WARM_S)
  for (let turn = 0; turn < ROUNDS; turn++) {
    for (const side of sides) {
      const lists = seen.get(side.name)
      lists?.alone.push((await at(side, 1, ALONE_S)).p50Ms)
      for (const connections of CONNECTIONS) {
        const { count, seconds, p95Ms } = await at(side, connections, ROUND_S)
        lists?.rates.get(connections)?.push(count / seconds)
        lists?.p95Ms.get(connections)?.push(p95Ms)
      }
    }
  }
  return new Map(
    [...seen].map(([name, { rates, p95Ms, alone }]) => [
      name,
      { rates: medians(rates, 0), p95Ms: medians(p95Ms, 2), p50Ms: median(alone) },
    ]),
  )
}

type Lists = ReadonlyMap<number, number[]>

const listsOf = () => {
  const lists = (): Lists => new Map(CONNECTIONS.map((connections) => [connections, []]))
  const alone: number[] = []
  return { rates: lists(), p95Ms: lists(), alone }
}

const medians = (lists: Lists, digits: number): ReadonlyMap<number, number> =>
  new Map([...lists].map(([connections, all]) => [connections, round(median(all), digits)]))

const findingOf = (
  measured: ReadonlyMap<string, Measured>,
  others: readonly (OtherHub | SkippedHub)[],
): Finding => {
  const of = (name: string, connections: number) =>
    measured.get(name)?.rates.get(connections) ?? Number.NaN
  const aloneMs = (name: string) => measured.get(name)?.p50Ms ?? Number.NaN
  const value = of('ours', BUDGET_CONNECTIONS)
  const bare = of('direct', BUDGET_CONNECTIONS)
  const added = aloneMs('ours') - aloneMs('direct')
  const rates = CONNECTIONS.map((connections) => ({
    connections,
    ...Object.fromEntries([...measured.keys()].map((name) => [name, of(name, connections)])),
    oursP95Ms: measured.get('ours')?.p95Ms.get(connections) ?? Number.NaN,
  }))
  const beside = others.map((one) =>
    'skipped' in one
      ? one
      : {
          ...{ beside: one.name, how: one.how, p50Ms: round(aloneMs(one.name)) },
          times: round(value / of(one.name, BUDGET_CONNECTIONS)),
        },
  )
  return {
    name: 'hub-call',
    value,
    unit: 'calls/s',
    baseline: 'the same calls made at the server itself',
    baselineValue: bare,
    ratio: round(value / bare),
    budget: BUDGET,
    met: value >= CALLS_MIN && added < ADDED_MS_MAX,
    also: [
      {
        addedP50Ms: round(added),
        p50Ms: round(aloneMs('ours')),
        baseP50Ms: round(aloneMs('direct')),
      },
      { moonshot: `>= ${MOONSHOT_CALLS}/s`, met: value >= MOONSHOT_CALLS },
      ...rates,
      ...beside,
    ],
  }
}
