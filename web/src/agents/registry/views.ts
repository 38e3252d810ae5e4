import type { AgentView } from '../../../../src/identity/contract.ts'
import { shape } from '../../live/api.ts'
import type { Worker } from '../../work/people-views.ts'

/** An agent as the registry has it. */
export type Agent = (typeof AgentView)['_output']

/** A key without its secret. */
export type Key = Readonly<{
  id: string
  principal: string
  name: string
  prefix: string
  replacedBy: string | null
  expiresAt: string | null
  revokedAt: string | null
  lastUsedAt: string | null
}>

/** A key that was just made: the one time that its text is seen. */
export type MadeKey = Readonly<{ handle: string; key: string }>

/** An agent program, and what its configuration has to hold. */
export type Client = Readonly<{
  name: string
  title: string
  file: string
  snippet: string
  asksForKey: boolean
  /** The program's own command that writes the same. */
  add: string | null
  command: string
}>

/** How somebody's attempts went. */
export type WorkerRecord = Readonly<{
  handle: string
  queue: readonly Readonly<{ key: string; title: string; column: string }>[]
  queued: number
  days: number
  outcomes: readonly Readonly<{ outcome: string; count: number }>[]
  recent: readonly Tried[]
}>

/** One attempt of somebody's, on any task. */
export type Tried = Readonly<{
  key: string
  title: string
  number: number
  startedAt: string
  endedAt: string | null
  outcome: string | null
  summary: string | null
}>

export const isAgents = shape<Readonly<{ items: readonly Agent[]; next: string | null }>>('items')
export const isAgent = shape<Agent>('handle', 'status', 'projects')
export const isKeys = shape<Readonly<{ items: readonly Key[] }>>('items')
export const isClients = shape<Readonly<{ variable: string; items: readonly Client[] }>>('items')
export const isRecord = shape<WorkerRecord>('queue', 'outcomes', 'recent')

/** Events after which agents or their keys may be others. */
export const AGENT_EVENTS = /^identity\.(principal|responsible|key|grant)_/

/** Tells whether a key lets in at a moment. */
export const isInForce = ({ revokedAt, expiresAt }: Key, now: number): boolean =>
  revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now)

const WELL: ReadonlySet<string> = new Set(['done', 'review'])
const BADLY: ReadonlySet<string> = new Set(['failed', 'expired'])

/** Counts attempts that ended well or failed: what was given back or parked says nothing. */
export const countsOf = (outcomes: WorkerRecord['outcomes']) => {
  const sum = (of: ReadonlySet<string>): number =>
    outcomes.reduce((all, { outcome, count }) => all + (of.has(outcome) ? count : 0), 0)
  const succeeded = sum(WELL)
  return { attempts: succeeded + sum(BADLY), succeeded }
}

/** Says how often attempts ended well: "18 of 20 well (90 %)". */
export const successOf = ({
  attempts,
  succeeded,
}: Pick<Worker, 'attempts' | 'succeeded'>): string =>
  attempts === 0
    ? 'nothing ended yet'
    : `${succeeded} of ${attempts} well (${Math.round((succeeded / attempts) * 100)} %)`
