import { discover, mayBeModern } from './era.ts'
import { versionUnknown } from './envelope.ts'
import type { Http } from './http.ts'
import { legacyHttpWire } from './legacy-http-wire.ts'
import { openLegacyLine } from './legacy-line.ts'
import type { Json, Line } from './line.ts'
import type { Pauses } from './listening.ts'
import { PAUSES } from './listening.ts'
import { modernHttpLine } from './modern-http-line.ts'
import type { ClientInfo } from './words.ts'

/** What every line over HTTP is opened with. */
export type HttpLineOptions = Http &
  Readonly<{
    clientInfo: ClientInfo
    /** What to declare to a legacy server for all callers together; nothing unless said. */
    relays?: Json
    signal?: AbortSignal
    handshakeMs?: number
    pauses?: Pauses
    now?: () => number
  }>

/** What decides the era of a line over Streamable HTTP. */
export type EraChoice = Readonly<{
  era: 'auto' | 'modern' | 'legacy'
  /** What the server was the last time: tried first, believed only if it still holds. */
  prior?: 'modern' | 'legacy'
}>

/** All that the hub can relay of what a client can do. */
export const WIDEST_RELAYS: Json = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} }

const HANDSHAKE_MS = 10_000

/** Opens a line over Streamable HTTP and finds out of which era the server is. */
export const openHttpLine = async (options: HttpLineOptions & EraChoice): Promise<Line> => {
  const { http, ground, signal, handshakeMs } = groundOf(options)
  const modern = async (): Promise<Line | null> => {
    const about = await discover(ground, { handshakeMs, signal })
    return about === null ? null : modernHttpLine(ground, about)
  }
  const legacy = () => {
    const { pauses, now, clientInfo } = ground
    const wire = legacyHttpWire({ http, pauses, now })
    const relays = options.relays ?? {}
    return openLegacyLine({ wire, clientInfo, relays, handshakeMs, now }, signal)
  }
  const { era, prior } = options
  if (era === 'legacy') return legacy()
  if (era === 'auto' && prior === 'legacy') {
    try {
      return await legacy()
    } catch (error) {
      const line = mayBeModern(error) ? await modern() : null
      if (line === null) throw error
      return line
    }
  }
  const line = await modern()
  if (line !== null) return line
  if (era === 'modern') throw versionUnknown(null)
  return legacy()
}

/** Fills in what an opening leaves out. */
export const groundOf = (options: HttpLineOptions) => {
  const { url, fetch, headers, bytesMax, clientInfo } = options
  const http = { url, fetch, headers, bytesMax }
  const { handshakeMs = HANDSHAKE_MS, pauses = PAUSES } = options
  const now = options.now ?? (() => performance.now())
  const signal = options.signal ?? new AbortController().signal
  return { http, signal, handshakeMs, ground: { http, clientInfo, now, pauses } }
}
