import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type Command, HOLDS, type Orders, Report, wallMs } from './messages.ts'

const WORKER = new URL('./worker.ts', import.meta.url)
const AT_ONCE = 4
const READY_MS = 60_000
const END_MS = 10_000
const LOOK_MS = 100

/** One claim as its worker saw it; `killed` when the worker died holding it. */
export type Claim = Readonly<{
  worker: string
  lease: string
  at: number
  ms: number | null
  fate: 'finished' | 'killed' | 'failed' | 'open'
  finishedAt: number | null
}>

/** What the workers saw: only what the hub has acknowledged to them. */
export type Seen = Readonly<{
  claims: readonly Claim[]
  notes: readonly string[]
  summaries: readonly string[]
  failures: readonly string[]
  lastIdle: string
  killed: number
  /** Calls that the hub asked to come again later. */
  waits: number
}>

/** How the crew works. */
export type CrewOptions = Readonly<{
  orders: readonly Orders[]
  /** Workers to kill, and after how many claims of all workers each. */
  kills: number
  claimsPerKill: number
  /** Milliseconds after which a run that makes no end is given up. */
  limitMs: number
  say: (line: string) => void
}>

type Worker = {
  name: string
  process: ChildProcess
  lease: string | null
  idleSince: number | null
}

type Crew = {
  readonly options: CrewOptions
  readonly workers: Set<Worker>
  readonly claims: Map<string, { -readonly [K in keyof Claim]: Claim[K] }>
  readonly notes: string[]
  readonly summaries: string[]
  readonly failures: string[]
  /** Tasks whose worker was killed and that nobody has claimed again yet. */
  readonly orphans: Set<string>
  killed: number
  waits: number
  lastIdle: string
  lastChange: number
}

/** Lets all workers work until nothing is ready for any of them, and kills some on the way. */
export const runCrew = async (options: CrewOptions): Promise<Seen> => {
  const crew: Crew = {
    options,
    workers: new Set(),
    claims: new Map(),
    notes: [],
    summaries: [],
    failures: [],
    orphans: new Set(),
    killed: 0,
    waits: 0,
    lastIdle: '',
    lastChange: 0,
  }
  try {
    await hire(crew)
    options.say(`${crew.workers.size} workers are connected`)
    for (const worker of crew.workers) tell(worker, { do: 'begin' })
    await untilDone(crew)
    for (const worker of crew.workers) tell(worker, { do: 'end' })
    const gone = Promise.all([...crew.workers].map(({ process: child }) => exited(child)))
    await inTime(gone, END_MS, 'The workers did not end.').catch(() => {})
  } finally {
    for (const worker of crew.workers) worker.process.kill('SIGKILL')
  }
  const { claims, ...seen } = crew
  const { notes, summaries, failures, lastIdle, killed, waits } = seen
  return { claims: [...claims.values()], notes, summaries, failures, lastIdle, killed, waits }
}

// Few at a time: sixty-four starting processes would only wait for each other.
const hire = async (crew: Crew): Promise<void> => {
  const left = [...crew.options.orders]
  const turn = async () => {
    for (let orders = left.shift(); orders !== undefined; orders = left.shift()) {
      await hireOne(crew, orders)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, turn))
}

const hireOne = async (crew: Crew, orders: Orders): Promise<void> => {
  const child = fork(WORKER, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const worker: Worker = { name: orders.name, process: child, lease: null, idleSince: null }
  crew.workers.add(worker)
  child.send(orders)
  const ready = once(child, 'message').then(([message]) => Report.parse(message))
  const said = await inTime(ready, READY_MS, `${orders.name} did not connect.`)
  if (said.kind !== 'ready') throw new Error(`${orders.name} did not connect.`)
  child.on('message', (message) => hear(crew, worker, Report.parse(message)))
  child.on('exit', () => leave(crew, worker))
}

const leave = (crew: Crew, worker: Worker): void => {
  crew.workers.delete(worker)
  crew.lastChange = wallMs()
}

const hear = (crew: Crew, worker: Worker, report: Report): void => {
  worker.idleSince = report.kind === 'idle' ? report.asked : null
  switch (report.kind) {
    case 'claimed':
      return claimed(crew, worker, report)
    case 'holding':
      return kill(crew, worker, report.lease)
    case 'noted':
      return void crew.notes.push(report.note)
    case 'finished':
      crew.summaries.push(report.summary)
      return settle(crew, worker, { fate: 'finished', at: report.at })
    case 'idle':
      crew.lastIdle = report.text
      break
    case 'failed':
      crew.failures.push(`${worker.name}: ${report.text}`)
      return settle(crew, worker, { fate: 'failed', at: null })
    case 'waited':
      crew.waits += 1
      break
    case 'ready':
      break
  }
}

type Claimed = Extract<Report, { kind: 'claimed' }>

const claimed = (crew: Crew, worker: Worker, { lease, at, ms }: Claimed): void => {
  const { claims, orphans, options } = crew
  if (claims.has(lease)) crew.failures.push(`${lease} was given to two workers`)
  claims.set(lease, { worker: worker.name, lease, at, ms, fate: 'open', finishedAt: null })
  orphans.delete(taskOf(lease))
  worker.lease = lease
  crew.lastChange = wallMs()
  const due = Math.floor(claims.size / options.claimsPerKill)
  if (crew.killed >= options.kills || due <= crew.killed) return tell(worker, { do: 'work' })
  const when = HOLDS[crew.killed % HOLDS.length] ?? HOLDS[0]
  crew.killed += 1
  orphans.add(taskOf(lease))
  tell(worker, { do: 'hold', when })
}

const kill = (crew: Crew, worker: Worker, lease: string): void => {
  const claim = crew.claims.get(lease)
  if (claim) claim.fate = 'killed'
  worker.lease = null
  worker.process.kill('SIGKILL')
}

const settle = (
  crew: Crew,
  worker: Worker,
  { fate, at }: Readonly<{ fate: 'finished' | 'failed'; at: number | null }>,
): void => {
  const claim = worker.lease === null ? undefined : crew.claims.get(worker.lease)
  if (claim) Object.assign(claim, { fate, finishedAt: at })
  worker.lease = null
  crew.lastChange = wallMs()
}

const taskOf = (lease: string): string => lease.split('#', 1)[0] ?? lease

const tell = (worker: Worker, command: Command): void => {
  worker.process.send(command, () => {}) // One that is gone hears nothing.
}

/** Waits until every living worker has asked after the last change and found nothing ready. */
const untilDone = async (crew: Crew): Promise<void> => {
  const { options, workers, orphans } = crew
  const deadline = wallMs() + options.limitMs
  let line = wallMs()
  for (;;) {
    const idle = [...workers].every(
      ({ idleSince }) => idleSince !== null && idleSince > crew.lastChange,
    )
    if (workers.size === 0) throw new Error('All workers have gone.')
    if (idle && orphans.size === 0) return
    const now = wallMs()
    if (now > deadline) throw new Error(`The run made no end; left open: ${[...orphans].join()}`)
    if (now - line > 5_000) {
      options.say(`${crew.summaries.length} finished, ${orphans.size} left by killed workers`)
      line = now
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

const exited = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve()

const inTime = async <T>(wanted: Promise<T>, ms: number, message: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms)
  })
  try {
    return await Promise.race([wanted, late])
  } finally {
    clearTimeout(timer)
  }
}
