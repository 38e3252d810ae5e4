// What the hub knows of an open connection to an MCP server, whichever era and transport it is of.

/** Plain JSON with named members. */
export type Json = Readonly<Record<string, unknown>>

/** What a server said of itself when the line to it was opened. */
export type LineAbout = Readonly<{
  era: 'modern' | 'legacy'
  /** The revision both sides speak. */
  version: string
  server: Readonly<{ name: string; version: string }>
  capabilities: Json
  instructions: string | null
}>

/** One request to a server. */
export type LineRequest = Readonly<{
  method: string
  params: Json
  /** What the hub can relay of what the caller's client declared: elicitation, sampling, roots. */
  capabilities: Json
  /** Milliseconds until nobody waits any more; time in which the caller is asked does not count. */
  timeoutMs: number
  signal: AbortSignal
  /** W3C traceparent to pass on. */
  traceparent?: string
  /** `Mcp-Param-*` headers of a modern server; the line encodes their values. */
  headers?: Readonly<Record<string, string>>
  /** Hears the params of progress notifications of this request. */
  progress?: (params: Json) => void
  /** Hears the params of log messages that arrive with this request. */
  logged?: (params: Json) => void
  /** Answers what a legacy server asks while it works: its result, or it throws. */
  ask?: (method: string, params: Json) => Promise<Json>
  /** Called once when the first byte of the request may have left. */
  sent?: () => void
}>

/** An open connection to one MCP server under one credential. */
export type Line = Readonly<{
  about: LineAbout
  /**
   * Gives the raw `result`; a modern `input_required` or `task` result comes as it is.
   * Throws `UpstreamFault` or `LineFailure`.
   */
  request(asked: LineRequest): Promise<Json>
  /** Calls back with list changes and resource updates of this server; returns the stop. */
  onNotice(listener: NoticeListener): () => void
  /** Says which resources to hear updates of from now on. */
  watch(uris: readonly string[]): Promise<void>
  /** Requests under way. */
  busy(): number
  /** Resolves when the line is over, with why. */
  closed: Promise<LineEnd>
  close(): Promise<void>
}>

/** Hears of changes; it may not throw. */
export type NoticeListener = (method: string, params: Json) => void

/** Why a line is over. */
export type LineEnd = Readonly<{ why: string }>

/** A JSON-RPC error that a server answered. */
export class UpstreamFault extends Error {
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, data?: unknown) {
    super(message)
    this.name = 'UpstreamFault'
    this.code = code
    this.data = data
  }
}

/** Why a line failed a request. */
export type FailureKind =
  | 'away'
  | 'timeout'
  | 'malformed'
  | 'too_large'
  | 'unauthorized'
  | 'forbidden'
  | 'rate_limited'
  | 'session_lost'
  | 'crashed'
  | 'cancelled'

/** What is known of a failure besides its kind. */
export type FailureFacts = Readonly<{
  sent?: boolean
  retryAfterMs?: number | null
  challenge?: string | null
  status?: number | null
  cause?: unknown
}>

/** A request without an answer of the protocol; `sent`: the server may have seen it. */
export class LineFailure extends Error {
  readonly kind: FailureKind
  readonly sent: boolean
  readonly retryAfterMs: number | null
  /** The `WWW-Authenticate` header. */
  readonly challenge: string | null
  /** The HTTP status. */
  readonly status: number | null

  constructor(kind: FailureKind, message: string, facts: FailureFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'LineFailure'
    this.kind = kind
    this.sent = facts.sent ?? true
    this.retryAfterMs = facts.retryAfterMs ?? null
    this.challenge = facts.challenge ?? null
    this.status = facts.status ?? null
  }
}
