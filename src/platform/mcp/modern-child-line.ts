import { modernParams, readDiscovery, versionUnknown } from './envelope.ts'
import type { Line, LineAbout } from './line.ts'
import { UpstreamFault } from './line.ts'
import type { OpenStream, Pauses, StreamEars } from './listening.ts'
import { listening } from './listening.ts'
import { listened } from './modern-http-line.ts'
import type { Peer } from './peer.ts'
import { openPeer } from './peer.ts'
import type { Wire } from './wire.ts'
import type { ClientInfo } from './words.ts'
import { CODES, memberOf, META } from './words.ts'

// The stateless era over the lines of a program: every request carries its envelope, and what the
// server says on its own comes as part of an answer that does not end.

/** What a modern line to a program stands on. */
export type ModernChildGround = Readonly<{
  wire: Wire
  clientInfo: ClientInfo
  handshakeMs: number
  now: () => number
  pauses: Pauses
}>

// Timers hold no more: about 24 days, after which the stream is opened anew.
const STREAM_MS = 2_147_483_647

/** Asks a program what it is and gives the line; closes the wire when that fails. */
export const openModernChildLine = async (
  ground: ModernChildGround,
  signal: AbortSignal,
): Promise<Line> => {
  const { wire, clientInfo, now, handshakeMs } = ground
  const streams = new Map<number, StreamEars>()
  const peer: Peer = openPeer({
    wire,
    now,
    dress: ({ params, capabilities, traceparent, progress }, id) =>
      modernParams(params, {
        clientInfo,
        capabilities,
        traceparent,
        progressToken: progress === undefined ? null : id,
      }),
    pushed({ id, method }) {
      const fault = new UpstreamFault(CODES.method, `${method} is not asked in this revision.`)
      peer.answer(id, fault).catch(() => {})
    },
    noted(method, params) {
      const id = memberOf(params, '_meta')[META.subscription]
      const ears = typeof id === 'number' ? streams.get(id) : undefined
      if (ears !== undefined) listened({ method, params, id: Number(id) }, ears, () => {})
    },
    gap() {},
  })
  try {
    const asked = { params: {}, capabilities: {}, timeoutMs: handshakeMs, signal }
    const result = await peer.request({ ...asked, method: 'server/discover' })
    const about = readDiscovery(result)
    if (about === null) throw versionUnknown(result['supportedVersions'])
    return lineOf(ground, { peer, streams, about })
  } catch (error) {
    peer.end()
    await wire.close()
    throw error
  }
}

type Parts = Readonly<{ peer: Peer; streams: Map<number, StreamEars>; about: LineAbout }>

const lineOf = ({ wire, pauses, now }: ModernChildGround, parts: Parts): Line => {
  const { peer, streams, about } = parts
  const open: OpenStream = async (filter, ears, signal) => {
    let own = 0
    const asked = {
      method: 'subscriptions/listen',
      params: { notifications: filter },
      capabilities: {},
      timeoutMs: STREAM_MS,
      signal,
    }
    try {
      await peer.request(asked, (id) => {
        own = id
        streams.set(id, ears)
      })
    } finally {
      streams.delete(own)
    }
  }
  const { capabilities } = about
  const changes = listening({ open, capabilities, pauses, now })
  let closing: Promise<void> | null = null
  const close = async () => {
    changes.stop()
    peer.end()
    await wire.close()
  }
  const once = (): Promise<void> => (closing ??= close())
  peer.over.then(once, once)
  return {
    about,
    request: (asked) => peer.request(asked),
    onNotice: changes.onNotice,
    watch: changes.watch,
    busy: peer.underWay,
    closed: peer.over,
    close: once,
  }
}
