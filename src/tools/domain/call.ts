/** What becomes of a call; `parked` waits for somebody's approval. */
export const CALL_STATES = ['parked', 'begun', 'done', 'failed', 'refused', 'unknown'] as const
/** A state of a call. */
export type CallState = (typeof CALL_STATES)[number]

/** A recorded call of a tool. */
export type CallRecord = Readonly<{
  id: string
  number: number
  at: number
  principalId: string
  onBehalfOf: string | null
  door: string
  taskId: string | null
  projectId: string | null
  upstreamId: string
  tool: string
  definitionHash: string
  argsSha256: string
  effect: string
  state: CallState
  connectionId: string | null
  leaseId: string | null
  approvalId: string | null
  endedAt: number | null
  ms: number | null
  bytes: number | null
  code: string | null
  trace: string | null
}>

/** How a call ended. */
export type CallEnd = Readonly<{
  state: Exclude<CallState, 'parked' | 'begun'>
  ms: number
  bytes: number
  code: string | null
}>

/** The short key of a call, as people and agents name it. */
export const callKey = (number: number): string => `TC-${number}`

/** The form of a call's short key. */
export const CALL_KEY = /^TC-[1-9][0-9]{0,14}$/
/** The greatest number that a short key has room for. */
export const CALL_NUMBER_MAX = 999_999_999_999_999

/** Reads the number out of a call's short key. */
export const callNumber = (key: string): number => Number(key.slice('TC-'.length))

/** Milliseconds for which a large result can be read on. */
export const RESULT_KEPT_MS = 24 * 3_600_000
/** Milliseconds for which a call is known by the key of its caller. */
export const KEY_KEPT_MS = 24 * 3_600_000
/** Milliseconds that a call which was sent may take before its end counts as unknown. */
export const LOST_MS = 660_000
/** Milliseconds for which a call waits for an approval. */
export const APPROVAL_MS = 30 * 60_000
