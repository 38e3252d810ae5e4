import type { Health } from '../application/hub-ports.ts'
import type { Upstream } from '../domain/upstream.ts'
import type { Runtime } from './upstream-runtime.ts'

/** Tells how a server does, as far as this process knows; one that was never called is ready. */
export const healthOf = (upstream: Upstream, runtime: Runtime | undefined): Health => {
  const look = runtime?.guard.look()
  const replicas = (look?.replicas ?? []).map(({ id, breaker }) => ({ id, state: breaker.state }))
  const open = replicas.filter(({ state }) => state !== 'closed').length
  return {
    state: stateOf(upstream, { open, all: replicas.length }),
    failure: upstream.failure,
    replicas,
  }
}

const stateOf = (
  { enabled, foundAt, failure }: Upstream,
  { open, all }: Readonly<{ open: number; all: number }>,
): Health['state'] => {
  if (!enabled) return 'disabled'
  if (all > 0 && open === all) return 'open'
  if (foundAt === null) return failure === null ? 'starting' : 'degraded'
  return open > 0 || failure !== null ? 'degraded' : 'ready'
}
