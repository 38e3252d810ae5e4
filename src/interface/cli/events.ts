import { setTimeout as pause } from 'node:timers/promises'
import { CliFailure, EXIT, fail } from './failure.ts'
import {
  type CommandSpec,
  type Given,
  type HubRequest,
  isOn,
  type Session,
  textOf,
} from './session.ts'
import { sseMessages } from './sse.ts'

const FIRST_WAIT_MS = 500
const WAIT_MS_MAX = 15_000

/** Prints what happens as NDJSON, one event per line, and goes on after a lost connection. */
export const eventsCommand: CommandSpec = {
  path: ['events'],
  brief: 'Print what happens, one JSON event per line.',
  details:
    'Print what happens, one JSON event per line, until Ctrl-C. A lost connection is taken up ' +
    'again where it broke.',
  positions: [],
  flags: [
    { name: 'follow', brief: 'Stay and print events as they happen', kind: 'switch' },
    { name: 'project', brief: 'Only events of this project', kind: 'value', placeholder: 'key' },
    { name: 'after', brief: 'Start behind this event', kind: 'value', placeholder: 'id' },
  ],
  run: async (given, session) => {
    if (!isOn(given, 'follow')) {
      throw fail('invalid', 'Events have no end; say that you want to follow them: --follow.', {
        hint: 'guildhall events --follow',
      })
    }
    return follow(given, session)
  },
}

type Place = { lastId: string | undefined; waitMs: number }

const follow = async (given: Given, session: Session): Promise<number> => {
  const place: Place = { lastId: textOf(given, 'after'), waitMs: FIRST_WAIT_MS }
  const project = textOf(given, 'project')
  const path = `/v1/stream${project ? `?project=${encodeURIComponent(project)}` : ''}`
  for (let connected = false; !session.signal.aborted; ) {
    try {
      await readOn({ method: 'GET', path }, place, session)
      connected = true
    } catch (error) {
      // The first try must work, and a refusal will not go away; what broke is taken up again.
      const refused = error instanceof CliFailure && error.exit !== EXIT.unavailable
      if (refused || (error instanceof CliFailure && !connected && place.lastId === undefined)) {
        throw error
      }
    }
    if (session.signal.aborted) break
    session.print.detail(`The stream ended; going on after ${place.lastId ?? 'the start'}.`)
    await pause(place.waitMs, undefined, { signal: session.signal }).catch(() => undefined)
    place.waitMs = Math.min(WAIT_MS_MAX, place.waitMs * 2)
  }
  return EXIT.interrupted
}

const readOn = async (request: HubRequest, place: Place, session: Session): Promise<void> => {
  const resume = place.lastId === undefined ? {} : { 'last-event-id': place.lastId }
  const headers = { accept: 'text/event-stream', ...resume }
  const response = await session.hub.open({ ...request, headers })
  if (response.body === null) return
  place.waitMs = FIRST_WAIT_MS
  for await (const { data, id, event } of sseMessages(response.body)) {
    if (id !== undefined && id !== '') place.lastId = id
    for (const line of linesOf(event, data, id)) session.print.data(`${JSON.stringify(line)}\n`)
    if (event === 'reset') session.print.note('Some events are gone: read what you hold anew.')
    if (event === 'purge') session.print.note('Your rights changed: read what you hold anew.')
  }
}

/** Turns one message into lines: its events; or that readers must start anew, as on WebSocket. */
const linesOf = (event: string, data: string, id: string | undefined): readonly unknown[] => {
  const value: unknown = data === '' ? [] : JSON.parse(data)
  switch (event) {
    case 'message':
      return Array.isArray(value) ? value : [value]
    case 'reset':
      return [{ reset: true, pos: id }]
    case 'purge':
      return [{ purge: value }]
    default:
      return [] // Positions move the place to go on from and say nothing to a reader.
  }
}
