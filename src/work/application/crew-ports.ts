import type { Category, EndOutcome } from '../domain/words.ts'

/** In which projects somebody looks; `null`: in all of the organisation. */
export type Visible = readonly string[] | null

/** A task that somebody works on: under a claim, or because it is theirs and started. */
export type RunningRow = Readonly<{
  key: string
  title: string
  column: string
  holderId: string
  /** Under a claim; people also work without one. */
  claimed: boolean
  since: number
  progress: number
  attempt: number | null
  leaseExpires: number | null
  stop: boolean
  /** What its holder said last since they have it. */
  note: string | null
  noteAt: number | null
}>

/** A task that only a person can bring on. */
export type WaitingRow = Readonly<{
  kind: 'review' | 'failed'
  key: string
  title: string
  column: string
  assigneeId: string | null
  since: number
  /** What the last attempt said of itself. */
  summary: string | null
}>

/** What was done since a moment. */
export type DayCounts = Readonly<{ created: number; started: number; done: number; failed: number }>

/** Reads what is going on. */
export type CrewStore = {
  /** Lists what is worked on, claims first, the oldest first. */
  running(
    wish: Readonly<{ visible: Visible; holderId: string | null; limit: number }>,
  ): Promise<Readonly<{ rows: readonly RunningRow[]; total: number }>>
  /** Lists what waits for a person, the longest wait first. */
  waiting(
    wish: Readonly<{ visible: Visible; limit: number }>,
  ): Promise<Readonly<{ rows: readonly WaitingRow[]; total: number }>>
  day(wish: Readonly<{ visible: Visible; since: number }>): Promise<DayCounts>
}

/** How somebody works, in numbers. */
export type WorkerRow = Readonly<{
  id: string
  /** Keys of what they hold, the oldest claims first, a few of them. */
  keys: readonly string[]
  running: number
  /** Ready tasks that are meant for them alone. */
  queued: number
  /** Attempts that ended well or failed, and those of them that ended well. */
  attempts: number
  succeeded: number
  lastAt: number | null
}>

/** An attempt on any task. */
export type TriedRow = Readonly<{
  key: string
  title: string
  number: number
  startedAt: number
  endedAt: number | null
  outcome: EndOutcome | null
  summary: string | null
}>

/** A task that waits for somebody. */
export type QueuedRow = Readonly<{
  key: string
  title: string
  column: string
  category: Category
  priority: number
}>

/** All there is to know of one worker besides what they hold. */
export type WorkerRecord = Readonly<{
  queue: readonly QueuedRow[]
  queued: number
  outcomes: readonly Readonly<{ outcome: EndOutcome; count: number }>[]
  recent: readonly TriedRow[]
}>

/** Reads who works and how it went. */
export type WorkerStore = {
  /** Lists everybody who holds, waits for, or has lately tried something; a bounded number. */
  all(wish: Readonly<{ visible: Visible; since: number }>): Promise<readonly WorkerRow[]>
  one(id: string, wish: Readonly<{ visible: Visible; since: number }>): Promise<WorkerRecord>
}

/** Who stopped the agents, and when. */
export type Halt = Readonly<{ byId: string; at: number }>

/** Keeps whether agents are stopped: one row per organisation. */
export type HaltStore = {
  read(): Promise<Halt | null>
  /** Counts the claims whose holders are asked to stop with all others: those that run out. */
  claims(): Promise<number>
  /** Tells whether they were not stopped before. */
  stop(halt: Halt): Promise<boolean>
  /** Tells whether they were stopped before. */
  lift(): Promise<boolean>
}

/** What the operations about workers may use besides `WorkNeeds`. */
export type CrewNeeds = Readonly<{ crew: CrewStore; workers: WorkerStore; halts: HaltStore }>
