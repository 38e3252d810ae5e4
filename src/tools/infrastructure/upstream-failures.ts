import { Refusal, refuse } from '../../kernel/refusal.ts'
import { LineFailure, UpstreamFault } from '../../platform/mcp/line.ts'
import type { Outcome } from '../../platform/resilience/breaker.ts'
import type { Sending, Sent } from '../application/hub-ports.ts'

/** Errors of the protocol's own ladder: the hub and the server do not understand each other. */
const LADDER: ReadonlySet<number> = new Set([-32020, -32022])

/** Tells what a failure means for the breaker of its replica. */
export const counted = (error: unknown): Outcome => {
  if (error instanceof UpstreamFault) return 'success'
  if (!(error instanceof LineFailure)) return 'neutral'
  switch (error.kind) {
    case 'rate_limited':
      return { coolMs: error.retryAfterMs }
    case 'unauthorized':
    case 'forbidden':
    case 'cancelled':
    case 'session_lost':
    case 'too_large':
      return 'neutral'
    default:
      return 'failure'
  }
}

/** Tells whether a call that failed like this may be made again. */
export const isHarmless = (error: unknown, isSafe: boolean): boolean => {
  if (!(error instanceof LineFailure)) return false
  const { kind, sent } = error
  if (kind === 'session_lost') return true
  if (kind === 'unauthorized' || kind === 'forbidden' || kind === 'cancelled') return false
  if (kind === 'too_large' || kind === 'rate_limited') return false
  return !sent || isSafe
}

/**
 * Tells a call that its caller gave up from one whose time was over while the line still waited:
 * the second says something about the server.
 */
export const lateIfCut = (error: unknown, { call: { signal } }: Pick<Sending, 'call'>): unknown => {
  const isCut = error instanceof LineFailure && error.kind === 'cancelled' && !signal.aborted
  return isCut ? new LineFailure('timeout', 'Its time was over.', { sent: error.sent }) : error
}

type Facts = Readonly<{ sending: Sending; ms: number; hasLeft: boolean }>

/** Says in our words why a call got no answer, and whether it may have done something. */
export const failureOf = (error: unknown, { sending, ms, hasLeft }: Facts): Sent => {
  if (error instanceof UpstreamFault && !LADDER.has(error.code)) {
    const { code, message, data } = error
    return { kind: 'fault', code, message, data, ms }
  }
  const sent = error instanceof LineFailure ? error.sent : hasLeft
  const isAnswered = error instanceof LineFailure ? ANSWERED.has(error.kind) : isAboutAccount(error)
  const unknown = sent && !isAnswered && !sending.isSafe && !(error instanceof UpstreamFault)
  return {
    kind: 'failure',
    refusal: unknown ? outcomeUnknown(sending) : said(error, sending),
    unknown,
    ms,
  }
}

// These came back as an answer: the server has seen the call and did not do it.
const ANSWERED: ReadonlySet<string> = new Set([
  'unauthorized', 'forbidden', 'rate_limited', 'session_lost',
]) // biome-ignore format: one line

/** Says that an answer came whole and is larger than the rules of its tool allow. */
export const tooLarge = (
  { upstream: { slug }, bytesMax: limit }: Sending,
  { bytes, ms }: Readonly<{ bytes: number; ms: number }>,
): Sent => {
  const message =
    `${slug} did this, but its answer of ${bytes} bytes is larger than ${limit}. ` +
    'Do not repeat it as it was; ask for less.'
  const refusal = refuse('unavailable', 'tools.too_large', message, { bytes, limit })
  return { kind: 'failure', refusal, unknown: false, ms }
}

// The server wanted another token, and there is none: it has not done anything.
const ABOUT_ACCOUNTS: ReadonlySet<string> = new Set(['tools.needs_connect', 'tools.token_away'])

const isAboutAccount = (error: unknown): boolean =>
  error instanceof Refusal && ABOUT_ACCOUNTS.has(error.code)

const outcomeUnknown = ({ upstream, tool }: Sending) => {
  const message =
    `${upstream.slug} got this call of ${tool ?? 'it'} and did not answer: done or not. ` +
    'Look at what is there before you call again; the hub does not repeat it.'
  return refuse('unavailable', 'tools.outcome_unknown', message)
}

const said = (error: unknown, { upstream: { slug }, call }: Sending): Refusal => {
  if (error instanceof Refusal) return error
  // Whoever gives up while they wait for a place has left nothing but their reason.
  if (error === call.signal.reason) return givenUp(slug)
  if (error instanceof UpstreamFault) {
    const { code } = error
    const message = `${slug} and the hub do not understand each other: ${code}. Look at its era.`
    return refuse('unavailable', 'tools.upstream_protocol', message, { code })
  }
  if (!(error instanceof LineFailure)) throw error
  const retryAfterS = error.retryAfterMs === null ? 5 : Math.ceil(error.retryAfterMs / 1_000)
  switch (error.kind) {
    case 'unauthorized': {
      const message = `${slug} does not take the credential any more: connect the account again.`
      return refuse('conflict', 'tools.needs_connect', message)
    }
    case 'forbidden': {
      const message = `${slug} does not allow this to the account that is connected.`
      return refuse('forbidden', 'tools.upstream_forbids', message)
    }
    case 'rate_limited': {
      const message = `${slug} wants fewer calls for now; wait ${retryAfterS} s, then go on.`
      return refuse('too_many', 'tools.upstream_limits', message, { retryAfterS })
    }
    case 'too_large': {
      const message = `The answer of ${slug} is too large. Ask it for less.`
      return refuse('unavailable', 'tools.too_large', message)
    }
    case 'session_lost': {
      const message = `${slug} has lost its session state; what it kept of earlier calls is gone.`
      return refuse('unavailable', 'tools.session_lost', message, { retryAfterS: 1 })
    }
    case 'timeout': {
      const message = `${slug} did not answer in time.`
      return refuse('unavailable', 'tools.upstream_late', message, { retryAfterS })
    }
    case 'cancelled':
      return givenUp(slug)
    case 'malformed': {
      const message = `${slug} answered something that is not the protocol.`
      return refuse('unavailable', 'tools.upstream_protocol', message, { retryAfterS })
    }
    default: {
      const message = `${slug} is away: it does not answer, or its program has ended.`
      return refuse('unavailable', 'tools.upstream_away', message, { retryAfterS })
    }
  }
}

const givenUp = (slug: string) =>
  refuse('unavailable', 'tools.cancelled', `The call of ${slug} was given up.`)

/** Says in our words why a server did not tell what it offers; a bug of ours stays what it is. */
export const noList = (error: unknown, sending: Sending): Refusal => {
  if (!(error instanceof UpstreamFault) || LADDER.has(error.code)) return said(error, sending)
  const message = `${sending.upstream.slug} does not tell what it offers (${error.code}).`
  return refuse('unavailable', 'tools.no_list', message, { code: error.code })
}
