import { takeEarly } from './early.ts'

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
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...shown }
    const signal = AbortSignal.timeout(READ_MS_MAX)
    const early = init.method === undefined ? takeEarly(path, key) : null
    const answer = await (early ?? fetch(`/v1${path}`, { signal, ...OURS, ...init, headers }))
    if (!answer.ok) throw await refusalOf(answer, ground)
    return answer.json()
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
  const change: Api['change'] = async ([method, path], input, is) => {
    const send = async () => shaped(await insisting(path, { method, ...bodyOf(input) }), is)
    try {
      return await send()
    } catch (thrown) {
      const isStale = thrown instanceof Refused && thrown.code === FRESH_NEEDED
      if (!isStale || confirm === undefined || !(await confirm())) throw thrown
      return send()
    }
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
    async open(path, headers, signal) {
      const init = {
        headers: { ...headers, ...shown },
        signal,
        cache: 'no-store',
        ...OURS,
      } as const
      const answer = await fetch(`/v1${path}`, init)
      if (!answer.ok) throw await refusalOf(answer, ground)
      return answer
    },
  }
}

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
const freshKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

const refusalOf = async (answer: Response, { signedOut }: ApiGround): Promise<Refused> => {
  const body: unknown = await answer.json().catch(() => null)
  const details = fieldsIn(body)
  const said = textIn(details, 'title') ?? `The hub answered ${answer.status}; try again soon.`
  const wait = Number(answer.headers.get('retry-after'))
  const code = textIn(details, 'code') ?? 'web.unknown'
  const { status } = answer
  const retryAfterS = wait > 0 ? wait : null
  const refused = new Refused(said, {
    ...{ status, code, retryAfterS, details },
    field: textIn(details, 'field'),
  })
  if (status === 401 && !PROOF_NOT_RIGHT.has(code)) signedOut(refused)
  return refused
}

const fieldsIn = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null ? { ...body } : {}

const textIn = (body: Readonly<Record<string, unknown>>, field: string): string | null => {
  const value = body[field]
  return typeof value === 'string' ? value : null
}
