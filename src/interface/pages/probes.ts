import type { Hall } from '../../kernel/hall.ts'
import { guardOrigin } from '../guard.ts'
import type { Exchange, Reply } from '../http/answer.ts'
import type { FlatHeaders } from '../http/headers.ts'

/** Counters of this process, in the text format that Prometheus reads. */
export type Metrics = Readonly<{ contentType: string; text(): Promise<string> }>

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** Answers whether the process lives: nothing else is asked. */
export const healthz = (headers: FlatHeaders): Reply => ({
  status: 200,
  headers: [...headers, 'content-type', 'application/json', 'cache-control', 'no-store'],
  body: '{"alive":true}',
})

/** Answers whether the hub can serve: 503 as long as it cannot. */
export const readyz = async (hall: Hall, headers: FlatHeaders): Promise<Reply> => {
  const { ready, facts } = await hall.readiness()
  const wait = ready ? [] : ['retry-after', '2']
  return {
    status: ready ? 200 : 503,
    headers: [...headers, 'content-type', 'application/json', 'cache-control', 'no-store', ...wait],
    body: JSON.stringify({ ready, ...facts }),
  }
}

/** Tells whether a request comes from this machine and names it so: who may read the counters. */
export const isLocal = ({ req }: Exchange, port: number): boolean =>
  LOOPBACK.has(req.socket.remoteAddress ?? '') && guardOrigin(req.headers, { port }) === null

/** Answers with the counters. */
export const metricsReply = async (metrics: Metrics, headers: FlatHeaders): Promise<Reply> => ({
  status: 200,
  headers: [...headers, 'content-type', metrics.contentType, 'cache-control', 'no-store'],
  body: await metrics.text(),
})
