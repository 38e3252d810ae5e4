import type { AgentView } from '../../../../src/identity/contract.ts'
import { shape } from '../../live/api.ts'

// What the hub answers about limits, as far as these pages read it.

/** A limit of calls, and what is left of it. */
export type Rate = Readonly<{
  name: string
  calls: number
  per: string
  burst: number
  left: number
  wholeInS: number
}>

/** How somebody stands with the limits. */
export type Limits = Readonly<{
  principal: string
  kind: 'person' | 'service' | 'agent'
  rates: readonly Rate[]
  streams: Readonly<{ open: number; most: number }>
  organisation: Rate | null
}>

/** From where the organisation may be used. */
export type Networks = Readonly<{
  web: readonly string[]
  keys: readonly string[]
  admin: readonly string[]
  version: number
}>

/** An agent, with how many tasks it may hold. */
export type Agent = (typeof AgentView)['_output']

export const isLimits = shape<Limits>('principal', 'rates', 'streams', 'organisation')
export const isNetworks = shape<Networks>('web', 'keys', 'admin', 'version')
export const isAgents = shape<Readonly<{ items: readonly Agent[]; next: string | null }>>('items')
export const isHandles =
  shape<Readonly<{ items: readonly Readonly<{ handle: string }>[] }>>('items')

const NAMES: Readonly<Record<string, string>> = {
  person: 'Calls',
  agent: 'Calls',
  service: 'Calls',
  org: 'Calls of everybody together',
  search: 'Searches and explanations',
  bulk: 'Bulk calls',
  stream: 'Live connections opened',
  import: 'Imports',
  export: 'Exports of the ledger and of persons',
  key: 'Keys made',
  invite: 'Invitations',
}

/** Names a limit as people say it. */
export const nameOf = ({ name }: Rate): string => NAMES[name] ?? name

const LARGE = 1_000_000

/** Writes a number; a large one in short, as nobody reads its last digits. */
export const numberOf = (value: number): string =>
  value.toLocaleString(undefined, value < LARGE ? {} : { notation: 'compact' })

/** Says how fast: "20 per second, 100 at once". */
export const paceOf = ({ calls, per, burst }: Rate): string => {
  const pace = `${numberOf(calls)} per ${per}`
  return calls === burst ? pace : `${pace}, ${numberOf(burst)} at once`
}

/** Reads networks as they are written: one in a line, or with commas between. */
export const netsIn = (text: string): readonly string[] =>
  text
    .split(/[\s,]+/)
    .map((net) => net.trim())
    .filter(Boolean)
