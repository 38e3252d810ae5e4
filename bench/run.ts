// `npm run bench` runs all budgets one after the other, `npm run bench -- <name> [--json]` one.
import { parseArgs } from 'node:util'
import { describeMachine, type Machine, machineLine } from './machine.ts'
import type { Finding, Result } from './result.ts'

type Bench = Readonly<{ bench: () => Promise<Finding> }>

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  'mcp-hot': () => import('./mcp-hot.ts'),
  'hub-call': () => import('./hub-call.ts'),
  'hub-list': () => import('./hub-list.ts'),
  'hub-memory': () => import('./hub-memory.ts'),
  'http-hot': () => import('./http-hot.ts'),
  'claim-finish': () => import('./claim-finish.ts'),
  'work-next': () => import('./work-next.ts'),
  'ledger-delay': () => import('./ledger-delay.ts'),
  streams: () => import('./streams.ts'),
  start: () => import('./start.ts'),
  memory: () => import('./memory.ts'),
  tokens: () => import('./tokens.ts'),
  policy: () => import('./policy.ts'),
  limits: () => import('./limits.ts'),
  'key-check': () => import('./key-check.ts'),
  'sign-in': () => import('./sign-in.ts'),
  'web-board': () => import('./web/board.ts'),
  'web-two-browsers': () => import('./web/two-browsers.ts'),
  'web-lighthouse': () => import('./web/lighthouse.ts'),
}

const line = (result: Result): string => {
  const { name, value, unit, baseline, baselineValue, ratio, budget, met } = result
  const facts = [
    `${name}: ${value} ${unit}`,
    `  ${baseline}: ${baselineValue}; ratio ${ratio}`,
    `  budget ${budget}: ${met ? 'met' : 'MISSED'}`,
  ]
  const also = (result.also ?? []).map(
    (more) =>
      `  also ${Object.entries(more)
        .map(([key, said]) => `${key} ${said}`)
        .join(', ')}`,
  )
  return [...facts, ...also].join('\n')
}

const runOne = async (name: string, machine: Machine): Promise<Result | null> => {
  const load = BENCHES[name]
  if (!load)
    throw new Error(`There is no bench ${name}; there are ${Object.keys(BENCHES).join(', ')}.`)
  try {
    return { ...(await (await load()).bench()), machine }
  } catch (error) {
    process.stderr.write(`${name} failed: ${error instanceof Error ? error.message : 'unknown'}\n`)
    return null
  }
}

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  })
  const machine = await describeMachine()
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES)
  let failed = 0
  if (!values.json) process.stdout.write(`${machineLine(machine)}\n`)
  for (const name of names) {
    const result = await runOne(name, machine)
    if (result === null) failed += 1
    else process.stdout.write(`${values.json ? JSON.stringify(result) : line(result)}\n`)
  }
  return failed === 0 ? 0 : 1
}

process.exitCode = await main()
