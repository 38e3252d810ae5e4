import { takeEarly } from './early.ts'

/** Tells why the hub refused, in its own words. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly retryAfterS: number | null

  constructor(said: string, facts: { status: number; code: string; retryAfterS: number | null }) {
    super(said)
    this.name = 'Refused'
    this.status = facts.status
    this.code = facts.code
    this.retryAfterS = facts.retryAfterS
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

/** Asks the hub, as whoever holds the key. */
export type Api = Readonly<{
  read<T>(path: string, is: Shape<T>): Promise<T>
  /** Sends a change; sent again under the same key when it is unknown whether it arrived. */
  write<T>(path: string, input: object, is: Shape<T>): Promise<T>
  open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response>
}>

type ApiGround = Readonly<{
  key: string
  /** Hears that the key is not valid any more. */
  signedOut(said: string): void
}>

const ATTEMPTS_MAX = 3
const PAUSE_MS = 600
const READ_MS_MAX = 30_000

/** Makes the one way in which this page talks to the hub. */
export const hubApi = ({ key, signedOut }: ApiGround): Api => {
  const authorization = `Bearer ${key}`
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), authorization }
    const signal = AbortSignal.timeout(READ_MS_MAX)
    const early = init.method === undefined ? takeEarly(path, key) : null
    const answer = await (early ?? fetch(`/v1${path}`, { signal, ...init, headers }))
    if (!answer.ok) throw await refusalOf(answer, signedOut)
    return answer.json()
  }
  const insisting = async (path: string, init: RequestInit): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(path, init)
      } catch (thrown) {
        const pauseMs = pauseBefore(thrown, attempt)
        if (pauseMs === null) throw thrown instanceof Refused ? thrown : unreachable()
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  }
  return {
    read: async (path, is) => shaped(await insisting(path, {}), is),
    async write(path, input, is) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': freshKey() }
      const body = JSON.stringify(input)
      return shaped(await insisting(path, { method: 'POST', headers, body }), is)
    },
    async open(path, headers, signal) {
      const answer = await fetch(`/v1${path}`, {
        headers: { ...headers, authorization },
        signal,
        cache: 'no-store',
      })
      if (!answer.ok) throw await refusalOf(answer, signedOut)
      return answer
    },
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

const pauseBefore = (thrown: unknown, attempt: number): number | null => {
  if (attempt >= ATTEMPTS_MAX) return null
  if (!(thrown instanceof Refused)) return PAUSE_MS * attempt
  if (thrown.status !== 503 && thrown.status !== 429) return null
  return Math.min(thrown.retryAfterS ?? 1, 5) * 1000
}

// `crypto.randomUUID` is missing where a hub is reached by plain http over the network.
const freshKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

const refusalOf = async (answer: Response, signedOut: ApiGround['signedOut']): Promise<Refused> => {
  const body: unknown = await answer.json().catch(() => null)
  const said = textIn(body, 'title') ?? `The hub answered ${answer.status}; try again in a moment.`
  const wait = Number(answer.headers.get('retry-after'))
  if (answer.status === 401) signedOut(said)
  return new Refused(said, {
    status: answer.status,
    code: textIn(body, 'code') ?? 'web.unknown',
    retryAfterS: wait > 0 ? wait : null,
  })
}

const textIn = (body: unknown, field: string): string | null => {
  if (typeof body !== 'object' || body === null) return null
  const value: unknown = Reflect.get(body, field)
  return typeof value === 'string' ? value : null
}
