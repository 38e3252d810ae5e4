import { takeEarly } from './early.ts'
import { hexOf } from './own/hex.ts'
import { withTrace } from './own/trace.ts'
import { changeTurns, tasksOf } from './own/turns.ts'
import type { Writes } from './own/writes.ts'

/** What a refusal came with, besides its sentence. */
export type RefusedFacts = Readonly<{
  status: number
  code: string
  retryAfterS: number | null
  /** The field of the input that did not fit. */
  field?: string | null
  details?: Readonly<Record<string, unknown>>
}>

/** Tells why the hub refused, in its own words. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly retryAfterS: number | null
  readonly field: string | null
  readonly details: Readonly<Record<string, unknown>>

  constructor(said: string, facts: RefusedFacts) {
    super(said)
    this.name = 'Refused'
    this.status = facts.status
    this.code = facts.code
    this.retryAfterS = facts.retryAfterS
    this.field = facts.field ?? null
    this.details = facts.details ?? {}
  }
}

/** Tells whether an answer is of a shape. */
export type Shape<T> = (answer: unknown) => answer is T

/**
 * Makes a check for an answer of the hub: the fields that this page rests on are there. What is
 * in them is the server's contract; checking it all again would send every shape to the browser.
 */
export const shape =
  <T extends object>(...fields: readonly (keyof T & string)[]): Shape<T> =>
  (answer: unknown): answer is T =>
    typeof answer === 'object' && answer !== null && fields.every((field) => field in answer)

/** Accepts whatever the hub answered, where the page only needs to know that it did. */
export const anything: Shape<object> = shape()

/** How a change is sent. */
export type ChangeMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Asks the hub, as whoever is signed in or holds the key. */
export type Api = Readonly<{
  read<T>(path: string, is: Shape<T>): Promise<T>
  /** Posts a change; sent again under the same key when it is unknown whether it arrived. */
  write<T>(path: string, input: object, is: Shape<T>): Promise<T>
  /** Sends a change in another way than by POST; without an input it has no body. */
  change<T>(to: readonly [ChangeMethod, string], input: object | null, is: Shape<T>): Promise<T>
  /** Posts something that may take minutes: until it is answered, or no longer wanted. */
  wait<T>(path: string, input: object, how: Waiting<T>): Promise<T>
  open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response>
}>

/** How something is waited for. */
export type Waiting<T> = Readonly<{ is: Shape<T>; signal: AbortSignal }>

/** What asking the hub needs. */
export type ApiGround = Readonly<{
  /** The key to show; `null`: the session in the cookie, which no script can read. */
  key: string | null
  /** Hears that the key or session is not valid any more. */
  signedOut(refused: Refused): void
  /** Asks the person to show anew who they are; tells whether they did. */
  confirm?: () => Promise<boolean>
  /** Asks the person to sign in again; tells whether the same one did. */
  signInAgain?: (refused: Refused) => Promise<boolean>
  /** Hears that the hub asks to be left alone for so many seconds. */
  busy?: (seconds: number) => void
  /** Where changes wait while the hub cannot be reached. */
  writes?: Writes
}>

const ATTEMPTS_MAX = 3
const PAUSE_MS = 600
const READ_MS_MAX = 30_000
// Rules let a call of a tool take ten minutes; the hub answers before this is over.
const WAIT_MS_MAX = 660_000
const FRESH_NEEDED = 'identity.fresh_sign_in_needed'
// These say that a proof was not right; the session is as good as before.
const PROOF_NOT_RIGHT: ReadonlySet<string> = new Set([
  'identity.sign_in_failed',
  'identity.code_not_right',
  'identity.passkey_not_valid',
  'identity.factor_first',
  'identity.external_sign_in_failed',
])

/** Makes the one way in which this page talks to the hub. */
export const hubApi = (ground: ApiGround): Api => {
  const { key, confirm } = ground
  const shown: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
  const turns = changeTurns()
  const ask = async (path: string, init: RequestInit, isAgain = false): Promise<unknown> => {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...shown }
    const signal = AbortSignal.timeout(READ_MS_MAX)
    const early = init.method === undefined ? takeEarly(path, key) : null
    const answer = await (early ?? fetch(`/v1${path}`, { signal, ...OURS, ...init, headers }))
    if (answer.ok) return answer.json()
    const refused = await refusalOf(answer)
    const isBack = await heard(refused, ground)
    if (isBack && !isAgain) return ask(path, init, true)
    throw refused
  }
  const insisting = async (
    path: string,
    init: RequestInit,
    pause = pauseBefore,
  ): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(path, init)
      } catch (thrown) {
        // What nobody wants any more says so itself.
        if (isGivenUp(thrown)) throw thrown
        const pauseMs = pause(thrown, attempt)
        if (pauseMs === null) throw thrown instanceof Refused ? thrown : unreachable()
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  }
  // What wants a fresh sign-in is done once more when the person has shown who they are.
  const freshly = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (thrown) {
      const isStale = thrown instanceof Refused && thrown.code === FRESH_NEEDED
      if (!isStale || confirm === undefined || !(await confirm())) throw thrown
      return act()
    }
  }
  const change: Api['change'] = async ([method, path], input, is) => {
    const prepared = () => {
      // One key for however often it is sent: the hub does it once.
      const init = { method, ...bodyOf(input) }
      return async () => shaped(await insisting(path, init), is)
    }
    const things = tasksOf(path, input)
    return freshly(() =>
      patiently({ path, send: prepared(), inTurn: (act) => turns(things, act) }, ground),
    )
  }
  return {
    change,
    read: async (path, is) => shaped(await insisting(path, {}), is),
    write: (path, input, is) => change(['POST', path], input, is),
    async wait(path, input, { is, signal }) {
      const both = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS_MAX)])
      const init = { method: 'POST', ...bodyOf(input), signal: both }
      return shaped(await insisting(path, init, pauseIfLost), is)
    },
    open: (path, headers, signal) =>
      freshly(async () => {
        const all = { ...headers, ...shown }
        const init = { headers: all, signal, cache: 'no-store', ...OURS } as const
        const answer = await fetch(`/v1${path}`, init)
        if (answer.ok) return answer
        const refused = await refusalOf(answer)
        // Whoever keeps it open tries again by itself.
        await heard(refused, ground)
        throw refused
      }),
  }
}

// Only changes of work wait: a decision, a rule or a password is given in front of the hub.
const WAITS = /^\/tasks(\/|$)/

type Patient<T> = Readonly<{
  path: string
  send(): Promise<T>
  /** Waits for earlier changes of the same task: on the way they could overtake each other. */
  inTurn(act: () => Promise<Sent<T>>): Promise<Sent<T>>
}>
type Sent<T> = Readonly<{ answer: T }> | Readonly<{ kept: Promise<T> }>

/** Sends a change; where the hub is away, keeps it until it is back. */
const patiently = async <T>(
  { path, send, inTurn }: Patient<T>,
  { writes }: ApiGround,
): Promise<T> => {
  const keep = (): Readonly<{ kept: Promise<T> }> | null => {
    const kept = WAITS.test(path) ? writes?.keep(send, isForLater) : null
    return kept ? { kept } : null
  }
  const sent = await inTurn(async () => {
    // What is done after something that waits waits behind it.
    const kept = (writes?.waiting() ?? 0) > 0 ? keep() : null
    if (kept !== null) return kept
    try {
      return { answer: await send() }
    } catch (thrown) {
      const later = isForLater(thrown) ? keep() : null
      if (later === null) throw thrown
      return later
    }
  })
  return 'kept' in sent ? sent.kept : sent.answer
}

// The hub is away, has to rest, or counts what comes in: none of it is a word about the change.
const isForLater = (thrown: unknown): boolean =>
  thrown instanceof Refused && (thrown.status === 503 || FOR_LATER.has(thrown.code))

const FOR_LATER: ReadonlySet<string> = new Set(['web.unreachable', 'platform.too_many_calls'])

const OURS = { credentials: 'same-origin' } as const

const bodyOf = (input: object | null): RequestInit => {
  const headers = { 'idempotency-key': freshKey() }
  if (input === null) return { headers }
  return {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  }
}

const shaped = <T>(answer: unknown, is: Shape<T>): T => {
  if (is(answer)) return answer
  const said = 'The hub is of another version than this page; reload the page.'
  throw new Refused(said, { status: 0, code: 'web.other_version', retryAfterS: null })
}

const unreachable = (): Refused =>
  new Refused('The hub cannot be reached; nothing was changed here. Try again in a moment.', {
    status: 0,
    code: 'web.unreachable',
    retryAfterS: null,
  })

// What was done outside and refused stays so; only an answer that was lost is asked for again.
const pauseIfLost = (thrown: unknown, attempt: number): number | null =>
  thrown instanceof Refused ? null : pauseBefore(thrown, attempt)

const isGivenUp = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'AbortError'

const pauseBefore = (thrown: unknown, attempt: number): number | null => {
  if (attempt >= ATTEMPTS_MAX) return null
  if (!(thrown instanceof Refused)) return PAUSE_MS * attempt
  // A longer wait is for people to know about, not for a page that seems to hang.
  if (thrown.retryAfterS !== null && thrown.retryAfterS > WAIT_S_MAX) return null
  if (thrown.status !== 503 && thrown.status !== 429) return null
  return (thrown.retryAfterS ?? 1) * 1000
}

const WAIT_S_MAX = 5

// `crypto.randomUUID` is missing where a hub is reached by plain http over the network.
const freshKey = (): string => hexOf(crypto.getRandomValues(new Uint8Array(16)))

/** Lets the page know of a refusal that is about all of it; tells whether to ask again. */
const heard = async (refused: Refused, ground: ApiGround): Promise<boolean> => {
  const { status, code, retryAfterS } = refused
  if (retryAfterS !== null && (status === 429 || status === 503)) ground.busy?.(retryAfterS)
  if (status !== 401 || PROOF_NOT_RIGHT.has(code)) return false
  const isBack = (await ground.signInAgain?.(refused)) ?? false
  if (!isBack) ground.signedOut(refused)
  return isBack
}

const refusalOf = async (answer: Response): Promise<Refused> => {
  const body: unknown = await answer.json().catch(() => null)
  const details = fieldsIn(body)
  const title = textIn(details, 'title') ?? `The hub answered ${answer.status}; try again soon.`
  const said = withTrace(title, answer.status, details['trace'])
  const wait = Number(answer.headers.get('retry-after'))
  const code = textIn(details, 'code') ?? 'web.unknown'
  const { status } = answer
  const retryAfterS = wait > 0 ? wait : null
  const field = textIn(details, 'field')
  return new Refused(said, { status, code, retryAfterS, details, field })
}

const fieldsIn = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null ? { ...body } : {}

const textIn = (body: Readonly<Record<string, unknown>>, field: string): string | null => {
  const value = body[field]
  return typeof value === 'string' ? value : null
}
