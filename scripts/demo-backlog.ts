// The main job on real input: many workers, each a process with the official MCP client, clear an
// imported backlog together while some of them are killed. Everything that is printed comes from
// what the workers were told and from the ledger, read over the public stream.
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { z } from 'zod'
import { describeMachine, machineLine } from '../bench/machine.ts'
import { startTestHub, type TestHub } from '../test/hub.ts'
import { toolTokens } from '../test/tokens.ts'
import { runCrew } from './demo/crew.ts'
import { judge } from './demo/judge.ts'
import { readEvents } from './demo/ledger.ts'
import { leftOver } from './demo/left.ts'
import { ratesOf, resultOf, tableOf } from './demo/report.ts'
import { guildhall, importBacklog, makeAgents, ownerId, sourceOf } from './demo/setting.ts'

const LIMIT_MS = 15 * 60_000
const WAIT_S = 3
const PROJECT = 'DEMO'
const USAGE = `npm run demo:backlog -- --from <file-or-dir> [--workers 64] [--kill 0.25]
  [--lease 10] [--json] [--keep]`

const number = (least: number, most: number) => z.coerce.number().min(least).max(most)
const Options = z.object({
  from: z.string({ error: 'Name the backlog: --from <file-or-dir>.' }),
  workers: number(1, 512).default(64),
  kill: number(0, 0.9).default(0.25),
  lease: number(5, 14_400).default(10),
  json: z.boolean().default(false),
  keep: z.boolean().default(false),
})
type Options = z.infer<typeof Options>

const readOptions = (): Options => {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      workers: { type: 'string' },
      kill: { type: 'string' },
      lease: { type: 'string' },
      json: { type: 'boolean' },
      keep: { type: 'boolean' },
    },
  })
  return Options.parse(values)
}

/** Counts what the full list of tools costs a model. */
const listTokens = async (hub: TestHub): Promise<number> => {
  const client = new Client(
    { name: 'demo', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  const requestInit = { headers: { authorization: `Bearer ${hub.ownerKey}` } }
  const url = new URL(`${hub.url}/agent/mcp`)
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit }))
  const { tools } = await client.listTools()
  await client.close()
  return toolTokens(
    tools.map(({ name, description = '', inputSchema }) => ({ name, description, inputSchema })),
  )
}

/** Lets the hub recompute its own ledger. */
const verified = async (hub: TestHub): Promise<boolean> =>
  (await guildhall(hub, ['ledger', 'verify', '--json'])).exit === 0

const play = async (hub: TestHub, options: Options): Promise<boolean> => {
  const say = (line: string) => {
    if (!options.json) process.stderr.write(`${line}\n`)
  }
  const source = await sourceOf(options.from)
  say(`importing ${basename(source.path)} ...`)
  const imported = await importBacklog(hub, source, PROJECT)
  const { workers, lease: leaseS } = options
  const orders = await makeAgents(hub, { workers, project: PROJECT, leaseS, waitS: WAIT_S })
  const from = { url: hub.url, key: hub.ownerKey }
  const before = await readEvents(from)
  const ready = await leftOver(hub, PROJECT)
  const kills = Math.floor(workers * options.kill)
  // Spread over what is ready now, so that also a small backlog sees all its kills.
  const claimsPerKill = Math.max(1, Math.floor(ready.open / Math.max(1, 2 * kills)))
  const seen = await runCrew({ orders, kills, claimsPerKill, limitMs: LIMIT_MS, say })
  say('reading the ledger ...')
  const events = await readEvents(from)
  const people = new Set([await ownerId(hub)])
  const judgement = judge(events, seen, { from: before.at(-1)?.pos ?? 0, people })
  const result = resultOf(judgement, seen, {
    tasks: judgement.finished,
    toolsListTokens: await listTokens(hub),
    ledgerVerified: await verified(hub),
  })
  const table = tableOf(result, {
    source: source.importer === 'beads' ? 'A beads backlog' : 'A Backlog.md backlog',
    machine: machineLine(await describeMachine()),
    workers,
    killed: seen.killed,
    waits: seen.waits,
    leaseS,
    busyPerSecond: ratesOf(seen.claims).busy,
    imported,
    left: (await leftOver(hub, PROJECT)).sentence,
    faults: judgement.faults,
  })
  process.stdout.write(`${options.json ? JSON.stringify(result) : table}\n`)
  return judgement.faults.length === 0 && result.ledgerVerified && seen.killed === kills
}

const main = async (): Promise<number> => {
  let options: Options
  try {
    options = readOptions()
  } catch (error) {
    const why = error instanceof z.ZodError ? error.issues[0]?.message : String(error)
    process.stderr.write(`error: ${why}\n${USAGE}\n`)
    return 2
  }
  const hub = await startTestHub()
  try {
    return (await play(hub, options)) ? 0 : 1
  } finally {
    if (options.keep) process.stderr.write(`The home is kept in ${hub.home}\n`)
    await hub.stop({ keep: options.keep })
  }
}

process.exitCode = await main()
