import type { Health } from '../application/hub-ports.ts'
import type { Upstream } from '../domain/upstream.ts'
import type { Runtime } from './upstream-runtime.ts'

/** Tells how a server does, as far as this process knows; one that was never called is ready. */
export const healthOf = (upstream: Upstream, runtime: Runtime | undefined): Health => {
  const look = runtime?.guard.look()
  const replicas = (look?.replicas ?? []).map(({ id, breaker }) => ({ id, state: breaker.state }))
  const open = replicas.filter(({ state }) => state !== 'closed').length
  const away = runtime?.away.size ?? 0
  return {
    state: stateOf(upstream, { open, away, all: replicas.length }),
    failure: upstream.failure ?? (away > 0 ? awayText(away, replicas.length) : null),
    replicas,
  }
}

const awayText = (away: number, all: number): string =>
  all === 1
    ? 'It did not answer when it was checked last.'
    : `${away} of its ${all} addresses did not answer when they were checked last.`

type Standing = Readonly<{ open: number; away: number; all: number }>

const stateOf = (
  { enabled, foundAt, failure }: Upstream,
  { open, away, all }: Standing,
): Health['state'] => {
  if (!enabled) return 'disabled'
  if (all > 0 && open === all) return 'open'
  if (foundAt === null) return failure === null ? 'starting' : 'degraded'
  return open > 0 || away > 0 || failure !== null ? 'degraded' : 'ready'
}
