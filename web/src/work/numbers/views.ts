import { shape } from '../../live/api.ts'
import type { Amount } from './measure.ts'

/** Of which moment an answer tells. */
export type AsOf = Readonly<{ at: string; pos: number }>

type Dated = Readonly<{ asOf: AsOf; zone: string; from: string; to: string }>

/** A sprint that is over, as velocity compares it. */
export type ClosedSprint = Readonly<{
  number: number
  goal: string
  startedAt: string
  closedAt: string
  committed: Amount
  final: Amount
  completed: Amount
}>

/** What closed sprints brought, and what the next may bring. */
export type Velocity = Readonly<{
  asOf: AsOf
  sprints: readonly ClosedSprint[]
  forecast: Amount | null
  forecastOf: number
  band: Readonly<{ min: Amount; max: Amount }> | null
  bandOf: number
}>

/** How much stood in each category at the end of a day. */
export type FlowDay = Readonly<{ day: string; at: string } & Record<FlowCategory, Amount>>

/** The categories that the flow tells of. */
export type FlowCategory = 'triage' | 'backlog' | 'unstarted' | 'started' | 'completed'

/** How work flowed, day by day. */
export type Flow = Dated & Readonly<{ days: readonly FlowDay[] }>

type Named = Readonly<{ key: string; title: string; points: number | null }>

/** A task that was completed, and how long that took. */
export type Finished = Named &
  Readonly<{ completedAt: string; cycleDays: number | null; leadDays: number }>

/** A task that somebody works on, and for how long already. */
export type Running = Named & Readonly<{ startedAt: string; ageDays: number }>

/** A day, and what was completed on it. */
export type Output = Readonly<{ day: string } & Amount>

/** A percentile of cycle and lead times; `null` where there is not enough data. */
export type Percentile = Readonly<{ p: number; cycleDays: number | null; leadDays: number | null }>

/** How long tasks take, how old the running ones are, and how many are completed. */
export type CycleTimes = Dated &
  Readonly<{
    items: readonly Finished[]
    percentiles: readonly Percentile[]
    started: number
    neverStarted: number
    sle: Readonly<{ p: number; days: number; n: number; cycleDays: number | null }>
    wip: number
    age: readonly Running[]
    throughput: readonly Output[]
  }>

/** Accepts an answer about velocity. */
export const isVelocity = shape<Velocity>('asOf', 'sprints', 'forecast', 'band')

/** Accepts an answer about the flow. */
export const isFlow = shape<Flow>('asOf', 'zone', 'days')

/** Accepts an answer about cycle times. */
export const isCycleTimes = shape<CycleTimes>('asOf', 'zone', 'items', 'age', 'throughput')
