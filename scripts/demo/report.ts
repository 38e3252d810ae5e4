import type { Claim, Seen } from './crew.ts'
import type { Judgement } from './judge.ts'

/** What the demo prints with `--json`: exactly these keys. */
export type DemoResult = Readonly<{
  tasks: number
  claims: number
  doubleClaims: number
  lostUpdates: number
  reclaimed: number
  manualRepairs: number
  tasksPerSecond: number
  claimP50Ms: number
  claimP95Ms: number
  toolsListTokens: number
  ledgerVerified: boolean
}>

/** What the table shows besides the result. */
export type Surroundings = Readonly<{
  source: string
  machine: string
  workers: number
  killed: number
  waits: number
  leaseS: number
  busyPerSecond: number
  imported: string
  left: string
  faults: readonly string[]
}>

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

/** Gives the value below which a share of the sorted values lies. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
}

/** Joins what the ledger proves and what the workers measured. */
export const resultOf = (
  judgement: Judgement,
  seen: Seen,
  more: Readonly<{ tasks: number; toolsListTokens: number; ledgerVerified: boolean }>,
): DemoResult => {
  const { claims, doubleClaims, lostUpdates, reclaimed, manualRepairs } = judgement
  const times = seen.claims.flatMap(({ ms }) => (ms === null ? [] : [ms]))
  return {
    tasks: more.tasks,
    claims,
    doubleClaims,
    lostUpdates,
    reclaimed,
    manualRepairs,
    tasksPerSecond: round(ratesOf(seen.claims).overall),
    claimP50Ms: round(percentile(times, 0.5)),
    claimP95Ms: round(percentile(times, 0.95)),
    toolsListTokens: more.toolsListTokens,
    ledgerVerified: more.ledgerVerified,
  }
}

/**
 * Finished tasks per second: from the first claim to the last finish, and over only those moments
 * in which a living worker held a task (the rest is waiting for the leases of killed workers).
 */
export const ratesOf = (claims: readonly Claim[]): Readonly<{ overall: number; busy: number }> => {
  const done = claims
    .flatMap(({ at, ms, finishedAt }) =>
      finishedAt === null ? [] : [{ from: at - (ms ?? 0), to: finishedAt }],
    )
    .toSorted((a, b) => a.from - b.from)
  let [busyMs, until] = [0, 0]
  for (const { from, to } of done) {
    busyMs += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  const wholeMs = until - (done[0]?.from ?? until)
  const perSecond = (ms: number) => (ms > 0 ? (done.length * 1000) / ms : 0)
  return { overall: perSecond(wholeMs), busy: perSecond(busyMs) }
}

/** Writes the table, and below it what was left and everything that went wrong. */
export const tableOf = (result: DemoResult, around: Surroundings): string => {
  const rows: readonly (readonly [string, string])[] = [
    ['tasks finished', String(result.tasks)],
    ['claims', String(result.claims)],
    ['double claims', String(result.doubleClaims)],
    ['lost updates', String(result.lostUpdates)],
    ['workers killed with kill -9', `${around.killed} of ${around.workers}`],
    ['calls asked to come again later', String(around.waits)],
    ['tasks reclaimed after a killed worker', String(result.reclaimed)],
    ['manual repairs', String(result.manualRepairs)],
    ['tasks/s, first claim to last finish', String(result.tasksPerSecond)],
    ['tasks/s while a living worker had a task', String(round(around.busyPerSecond))],
    ['claim p50', `${result.claimP50Ms} ms`],
    ['claim p95', `${result.claimP95Ms} ms`],
    ['tokens for tools/list', String(result.toolsListTokens)],
    ['ledger verified', result.ledgerVerified ? 'yes' : 'no'],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const values = Math.max(...rows.map(([, value]) => value.length))
  return [
    `${around.source}, ${around.workers} workers, leases of ${around.leaseS} s`,
    around.machine,
    '',
    `| ${'what'.padEnd(width)} | ${'value'.padStart(values)} |`,
    `| ${'-'.repeat(width)} | ${'-'.repeat(values - 1)}: |`,
    ...rows.map(([name, value]) => `| ${name.padEnd(width)} | ${value.padStart(values)} |`),
    '',
    `Imported: ${around.imported.split('\n', 1)[0] ?? ''}`,
    `Left: ${around.left}`,
    'Claim times are those of the workers, over calls that did not wait for work to become ready;',
    'all workers were connected before the first claim.',
    ...around.faults.map((fault) => `FAULT ${fault}`),
  ].join('\n')
}
