import { assert } from '../../kernel/assert.ts'
import { aboutOf, legacyParams, versionUnknown } from './envelope.ts'
import type { Json, Line, LineAbout, LineRequest } from './line.ts'
import { WATCHED_MAX } from './listening.ts'
import { noticeBoard } from './notices.ts'
import type { Peer } from './peer.ts'
import { openPeer } from './peer.ts'
import { pushDesk } from './pushes.ts'
import type { Wire } from './wire.ts'
import type { ClientInfo } from './words.ts'
import { LEGACY_VERSIONS, memberOf, NOTHING, NOTICES } from './words.ts'

// The era with sessions, over any wire: a handshake fixes what both sides can do, then requests go
// both ways.

/** What a legacy line stands on. */
export type LegacyGround = Readonly<{
  wire: Wire
  clientInfo: ClientInfo
  /** What to declare for all callers together; each push is checked against its own caller. */
  relays: Json
  handshakeMs: number
  now: () => number
}>

const SUBSCRIBE_MS = 15_000
const LISTS = ['tools', 'prompts', 'resources'] as const

/** Shakes hands over a wire and gives the line; closes the wire when that fails. */
export const openLegacyLine = async (ground: LegacyGround, signal: AbortSignal): Promise<Line> => {
  const { wire } = ground
  const state: { about: LineAbout | null } = { about: null }
  const { board, peer } = openConversation(ground, state)
  try {
    const about = await shakeHands(ground, peer, signal)
    state.about = about
    wire.settled(about.version)
    wire.attend(wantsStream(ground, about, board.size()))
    await peer.notify('notifications/initialized', {})
    return lineOf({ ground, peer, board, about })
  } catch (error) {
    board.stop()
    peer.end()
    await wire.close()
    throw error
  }
}

const openConversation = (ground: LegacyGround, state: Readonly<{ about: LineAbout | null }>) => {
  const { wire, now } = ground
  const board = noticeBoard(() => {
    if (state.about !== null) wire.attend(wantsStream(ground, state.about, board.size()))
  })
  const peer: Peer = openPeer({
    wire,
    now,
    dress: ({ params, capabilities, traceparent, progress }, id) =>
      legacyParams(params, {
        capabilities,
        traceparent,
        progressToken: progress === undefined ? null : id,
      }),
    pushed: pushDesk(() => peer),
    noted(method, params) {
      if (NOTICES.has(method)) board.tell(method, params)
    },
    gap() {
      if (state.about !== null) tellAll(board, state.about)
    },
  })
  return { board, peer }
}

// A stream outside of requests is kept open only for what comes on it.
const wantsStream = ({ relays }: LegacyGround, about: LineAbout, listeners: number): boolean =>
  Object.keys(relays).length > 0 || (listeners > 0 && hasNotices(about))

const hasNotices = ({ capabilities }: LineAbout): boolean =>
  listsOf(capabilities).length > 0 || memberOf(capabilities, 'resources')['subscribe'] === true

const listsOf = (capabilities: Json) =>
  LISTS.filter((name) => memberOf(capabilities, name)['listChanged'] === true)

const tellAll = (board: ReturnType<typeof noticeBoard>, { capabilities }: LineAbout): void => {
  for (const name of listsOf(capabilities)) {
    board.tell(`notifications/${name}/list_changed`, NOTHING)
  }
}

const shakeHands = async (
  { clientInfo, relays, handshakeMs }: LegacyGround,
  peer: Peer,
  signal: AbortSignal,
): Promise<LineAbout> => {
  const params = { protocolVersion: LEGACY_VERSIONS[0], capabilities: relays, clientInfo }
  const asked = { method: 'initialize', params, capabilities: {}, timeoutMs: handshakeMs, signal }
  const result = await peer.request(asked)
  const version = result['protocolVersion']
  if (typeof version !== 'string' || !LEGACY_VERSIONS.includes(version)) {
    throw versionUnknown([version])
  }
  return aboutOf({ era: 'legacy', version, server: memberOf(result, 'serverInfo'), result })
}

type Parts = Readonly<{
  ground: LegacyGround
  peer: Peer
  board: ReturnType<typeof noticeBoard>
  about: LineAbout
}>

const lineOf = ({ ground, peer, board, about }: Parts): Line => {
  let closing: Promise<void> | null = null
  const close = async () => {
    board.stop()
    peer.end()
    await ground.wire.close()
  }
  const once = (): Promise<void> => (closing ??= close())
  // A session that the server lost, a stream that broke: nothing of it may stay open.
  peer.over.then(once, once)
  return {
    about,
    request: (asked) => peer.request(asked),
    onNotice: board.add,
    watch: watcher(peer, about),
    busy: peer.underWay,
    closed: peer.over,
    close: once,
  }
}

/** Makes what subscribes to what is new among the wished and leaves what is no longer. */
const watcher = (peer: Peer, about: LineAbout) => {
  let watched: ReadonlySet<string> = new Set()
  let last: Promise<unknown> = Promise.resolve()
  const tell = (method: string, uri: string) => {
    const signal = new AbortController().signal
    const asked: LineRequest = {
      method,
      params: { uri },
      capabilities: {},
      timeoutMs: SUBSCRIBE_MS,
      signal,
    }
    return peer.request(asked)
  }
  const change = async (wished: ReadonlySet<string>) => {
    if (memberOf(about.capabilities, 'resources')['subscribe'] !== true) return
    const before = watched
    watched = wished
    for (const uri of before) if (!wished.has(uri)) await tell('resources/unsubscribe', uri)
    for (const uri of wished) if (!before.has(uri)) await tell('resources/subscribe', uri)
  }
  return (uris: readonly string[]): Promise<void> => {
    assert(uris.length <= WATCHED_MAX, `at most ${WATCHED_MAX} resources are watched`)
    const wished = new Set(uris)
    const done = last.then(() => change(wished))
    last = done.catch(() => {})
    return done
  }
}
