import type { LinkProps } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { UpstreamView } from '../../../../src/tools/contract.ts'
import { shape } from '../../live/api.ts'
import { mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'

/** How one part of the hub is. */
export type Finding = Readonly<{
  name: string
  ok: boolean
  says: string
  /** Where to look at it. */
  to?: LinkProps['to']
}>

type Ready = Readonly<{ ready: boolean }>
type Head = Readonly<{ pos: number; waiting: number; waitingSince: string | null }>
type Server = Pick<(typeof UpstreamView)['_output'], 'slug' | 'title' | 'state'>
type Hook = Readonly<{ name: string; state: 'active' | 'paused' | 'stopped'; failures: number }>
type Items<T> = Readonly<{ items: readonly T[] }>

const LOOK_MS = 20_000
// Nothing waits for its seal so long while the sequencer works.
const LAG_MS_MAX = 10_000
const NEVER = /^$/
const HEAD = { is: shape<Head>('pos', 'waiting'), wants: NEVER, everyMs: LOOK_MS }
const SERVERS = {
  is: shape<Items<Server>>('items'),
  wants: /^tools\.(upstream|catalogue|definition|breaker)_/,
  everyMs: LOOK_MS,
}
const HOOKS = { is: shape<Items<Hook>>('items'), wants: /^tools\.subscription_/, everyMs: LOOK_MS }
const DOWN: ReadonlySet<Server['state']> = new Set(['open', 'degraded', 'quarantined'])

/** Looks at the parts of the hub that this person may see, and says how each is. */
export const useHealth = (): readonly Finding[] => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const ready = useReady()
  const head = useLive(mayHere(me, 'org:read') ? '/ledger/head' : null, HEAD).data
  const servers = useLive(mayAnywhere(me, 'tool:read') ? '/tool-servers' : null, SERVERS).data
  const hooks = useLive(mayHere(me, 'webhook:read') ? '/subscriptions?limit=100' : null, HOOKS).data
  return [
    ...(ready === null ? [] : [ofHub(ready)]),
    ...(head === null ? [] : [ofLedger(head)]),
    ...(servers === null ? [] : [ofTools(servers.items)]),
    ...(hooks === null ? [] : [ofHooks(hooks.items)]),
  ]
}

const isReady = shape<Ready>('ready')

/** Asks the hub whether it can serve; it answers strangers, too, and stands beside the rest. */
const useReady = (): Ready | null => {
  const [ready, setReady] = useState<Ready | null>(null)
  useEffect(() => {
    const leave = new AbortController()
    const look = async (): Promise<void> => {
      const answer = await fetch('/readyz', { signal: leave.signal, cache: 'no-store' })
      const said: unknown = await answer.json()
      if (isReady(said)) setReady(said)
    }
    const again = (): void => {
      // A hub that is away is the chip's to tell of.
      if (!document.hidden) look().catch(() => {})
    }
    again()
    const timer = setInterval(again, LOOK_MS)
    return () => {
      clearInterval(timer)
      leave.abort()
    }
  }, [])
  return ready
}

const ofHub = ({ ready }: Ready): Finding => ({
  name: 'Hub',
  ok: ready,
  says: ready
    ? 'It serves, and its database answers.'
    : 'Its database does not answer; changes wait.',
})

const ofLedger = ({ pos, waiting, waitingSince }: Head): Finding => {
  const lagMs = waitingSince === null ? 0 : Date.now() - Date.parse(waitingSince)
  const ok = lagMs < LAG_MS_MAX
  const sealed = `${pos.toLocaleString()} events are sealed`
  const seconds = Math.round(lagMs / 1000)
  const says = ok
    ? `${sealed}, none waits long.`
    : `${sealed}, ${waiting} wait, the oldest ${seconds} s.`
  return { name: 'Ledger', ok, says, to: '/ledger' }
}

const ofTools = (servers: readonly Server[]): Finding => {
  const down = servers.filter(({ state }) => DOWN.has(state)).map(({ title }) => title)
  const ok = down.length === 0
  const count = servers.length === 1 ? '1 server' : `${servers.length} servers`
  const says = ok
    ? servers.length === 0
      ? 'No server of tools is connected yet.'
      : `${count}, none of them held back.`
    : `Look at ${down.join(', ')}.`
  return { name: 'Tools', ok, says, to: '/tools' }
}

const ofHooks = (hooks: readonly Hook[]): Finding => {
  const dead = hooks.filter(({ state }) => state === 'stopped').map(({ name }) => name)
  const ok = dead.length === 0
  const says = ok
    ? hooks.length === 0
      ? 'Nobody outside is sent events.'
      : `${hooks.length} ${hooks.length === 1 ? 'receiver' : 'receivers'}, none has stopped.`
    : `Nothing is sent to ${dead.join(', ')} any more.`
  return { name: 'Webhooks', ok, says, to: '/settings/webhooks' }
}
