import type { HttpLineOptions } from './http-line.ts'
import { groundOf } from './http-line.ts'
import { openLegacyLine } from './legacy-line.ts'
import type { Line } from './line.ts'
import { openSseWire } from './sse-wire.ts'

/** Opens a line over HTTP+SSE, the transport of the first revision. */
export const openSseLine = async (options: HttpLineOptions): Promise<Line> => {
  const { http, ground, signal, handshakeMs } = groundOf(options)
  const { clientInfo, now } = ground
  const wire = await openSseWire({ http, handshakeMs, now }, signal)
  const relays = options.relays ?? {}
  return openLegacyLine({ wire, clientInfo, relays, handshakeMs, now }, signal)
}
