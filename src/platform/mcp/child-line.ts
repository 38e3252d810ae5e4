import type { Child } from '../child/child.ts'
import { childWire } from './child-wire.ts'
import { openLegacyLine } from './legacy-line.ts'
import type { Json, Line } from './line.ts'
import type { Pauses } from './listening.ts'
import { PAUSES } from './listening.ts'
import { openModernChildLine } from './modern-child-line.ts'
import type { ClientInfo } from './words.ts'

/** What a line to a program is opened with. */
export type ChildLineOptions = Readonly<{
  /** Entries of the catalogue name their era: asking costs a program its only start. */
  era: 'modern' | 'legacy'
  clientInfo: ClientInfo
  /** What to declare to a legacy server for all callers together; nothing unless said. */
  relays?: Json
  signal?: AbortSignal
  handshakeMs?: number
  pauses?: Pauses
  now?: () => number
}>

const HANDSHAKE_MS = 30_000

/** Opens a line to a running program, which ends with the line and with a failed opening. */
export const openChildLine = (child: Child, options: ChildLineOptions): Promise<Line> => {
  const { era, clientInfo, handshakeMs = HANDSHAKE_MS, pauses = PAUSES, relays = {} } = options
  const now = options.now ?? (() => performance.now())
  const signal = options.signal ?? new AbortController().signal
  const wire = childWire(child)
  return era === 'modern'
    ? openModernChildLine({ wire, clientInfo, handshakeMs, now, pauses }, signal)
    : openLegacyLine({ wire, clientInfo, relays, handshakeMs, now }, signal)
}
