import type {
  CallLine,
  CallView,
  ToolDetails,
  ToolView,
  UpstreamDetails,
  UpstreamView,
} from '../../../src/tools/contract.ts'
import { shape } from '../live/api.ts'
import type { LiveEvent } from '../live/event.ts'
import type { Hue } from '../ui/badge.tsx'

/** A server as the list shows it. */
export type Server = (typeof UpstreamView)['_output']
/** A server with its tools. */
export type ServerDetails = (typeof UpstreamDetails)['_output']
/** A tool as lists show it. */
export type Tool = (typeof ToolView)['_output']
/** A tool with all that is known of it. */
export type Details = (typeof ToolDetails)['_output']
/** What came of a call. */
export type CallAnswer = (typeof CallView)['_output']
/** A line of the record of calls. */
export type Line = (typeof CallLine)['_output']

/** Events after which a server, what it offers, its rules or its accounts may be others. */
export const SERVER_EVENTS = /^tools\.(upstream|catalogue|definition|policy|connection|breaker)_/
/** Events after which the record of calls may be another. */
export const CALL_EVENTS = /^tools\.call_/
/** Tells whether a server may do otherwise after an event: its calls count, too. */
export const isOfHealth = ({ name }: LiveEvent): boolean =>
  SERVER_EVENTS.test(name) || CALL_EVENTS.test(name)
/** The health of a server is no event: a pause that is over shows with the next look. */
export const LOOK_MS = 20_000

export const isServers = shape<{ items: readonly Server[] }>('items')
export const isServerDetails = shape<ServerDetails>('slug', 'items', 'rules', 'credentials')
export const isFound = shape<{ items: readonly Tool[] }>('items')
export const isDetails = shape<Details>('name', 'inputSchema', 'rules', 'labels', 'hash')
export const isAnswer = shape<CallAnswer>('key', 'state', 'text', 'parts')
export const isLines = shape<{ items: readonly Line[]; next: string | null }>('items', 'next')

/** Says how a server stands: a word, its hue, and what that means for who wants to use it. */
export const HEALTH: Record<Server['state'], readonly [string, Hue, string]> = {
  disabled: ['Off', 'plain', 'Switched off: nobody can call its tools.'],
  starting: ['Starting', 'run', 'It has not been asked yet what it offers.'],
  ready: ['Ready', 'ok', 'Calls pass.'],
  degraded: ['Degraded', 'wait', 'Calls pass, but not everything is well.'],
  open: ['Held back', 'bad', 'It failed too often: calls are held back and tried again by turns.'],
  needs_connect: ['Not connected', 'wait', 'It wants an account, and none is connected for you.'],
  quarantined: ['Changed', 'wait', 'Some of its tools changed and wait for a decision.'],
}

/** Says what a tool does to the world, with its hue. */
export const EFFECTS: Record<Tool['effect'], readonly [string, Hue, string]> = {
  read: ['Reads', 'plain', 'It reads and changes nothing.'],
  write: ['Writes', 'accent', 'It changes something.'],
  destroy: ['Destroys', 'bad', 'It destroys something that may not come back.'],
}

/** Says how the definition of a tool stands; an approved one needs no word. */
export const STANDS: Record<Tool['state'], readonly [string, Hue] | null> = {
  approved: null,
  proposed: ['New', 'wait'],
  changed: ['Changed', 'wait'],
  rejected: ['Rejected', 'plain'],
  gone: ['Gone', 'plain'],
}

/** Says what became of a call, with its hue. */
export const CALL_STATES: Record<CallAnswer['state'], readonly [string, Hue]> = {
  parked: ['Waits for approval', 'wait'],
  begun: ['Under way', 'run'],
  done: ['Done', 'ok'],
  failed: ['Failed', 'bad'],
  refused: ['Not made', 'plain'],
  unknown: ['Outcome unknown', 'bad'],
  input_required: ['Asks for more', 'wait'],
}

/** Says a span of milliseconds as people do. */
export const spanOf = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
}

/** Says a count of bytes as people do. */
export const bytesOf = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** Says a count with its noun. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`
