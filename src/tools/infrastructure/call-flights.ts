import { assert } from '../../kernel/assert.ts'
import type { Call, CallClient } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Flights, Flying, Landing } from '../application/hub-ports.ts'
import type { Json } from '../application/hub-records.ts'
import { isObject } from '../domain/json.ts'

// A server with sessions asks in the middle of a call and waits; a stateless client is asked by
// ending its request, and answers with another one. Between the two the call stays in the air, in
// this process and nowhere else: a restart loses it. The same holds for a call whose caller goes on
// without it: its end stands in the record, but what it asks is asked from here.

/** Milliseconds for which a call waits for answers. */
const WAIT_MS = 10 * 60_000
/** Calls in the air at a time: of all, and of one principal. */
const FLIGHTS_MAX = 1_000
const OWN_MAX = 32
/** Questions that one call may have open at a time. */
const QUESTIONS_MAX = 16

type Question = Readonly<{ method: string; params: Json; answer: (given: Json) => void }>
type Landed = Extract<Landing, { kind: 'done' }>['value']

type Flight = {
  readonly ref: string
  readonly owner: string
  readonly abort: AbortController
  readonly questions: Map<string, Question>
  /** Whoever waits for the next landing, or for news. */
  readonly waiting: Set<() => void>
  client: CallClient
  asked: number
  /** The key under which it was written down. */
  key: string | null
  isAlone: boolean
  /** It has its answer, and writes it down: whoever waits by now gets it. */
  isEnding: boolean
  isCancelled: boolean
  readonly patienceMs: number | null
  outcome: { readonly value: Landed } | { readonly error: unknown } | null
  timer: NodeJS.Timeout | undefined
}

/** The calls in the air of a process, for every organisation. */
export type AllFlights = Readonly<{ of(orgId: string): Flights; stop(): void }>

/** Makes the place for calls in the air. */
export const callFlights = (): AllFlights => {
  const flights = new Map<string, Flight>()
  const end = (flight: Flight) => {
    clearTimeout(flight.timer)
    flights.delete(flight.ref)
    flight.abort.abort()
  }
  const rest = (flight: Flight) => {
    flight.timer = setTimeout(() => end(flight), WAIT_MS).unref()
  }
  const landing = async (flight: Flight, call: Call): Promise<Landing> => {
    clearTimeout(flight.timer)
    const gone = () => end(flight)
    call.signal.addEventListener('abort', gone, { once: true })
    try {
      await nextOf(flight)
    } finally {
      call.signal.removeEventListener('abort', gone)
    }
    const { outcome, key, questions } = flight
    if (outcome !== null) {
      end(flight)
      if ('error' in outcome) throw outcome.error
      return { kind: 'done', value: outcome.value }
    }
    if (questions.size > 0) {
      rest(flight)
      return { kind: 'asks', ref: flight.ref, questions: asked(flight) }
    }
    assert(key, 'only a call that was written down goes on alone')
    return { kind: 'alone', key }
  }
  const ownOf = (orgId: string, { actor }: Call) => `${orgId}/${actor.id}`
  const alone = (orgId: string, call: Call, key: string): Flight | null => {
    const owner = ownOf(orgId, call)
    const found = [...flights.values()].find((one) => one.key === key && one.owner === owner)
    return found?.isAlone === true ? found : null
  }
  const begin = (orgId: string, { call, make, patienceMs }: Flying): Promise<Landing> => {
    const { client } = call
    assert(client, 'only a call with a client can ask it')
    const owner = ownOf(orgId, call)
    const own = [...flights.values()].filter((one) => one.owner === owner)
    if (flights.size >= FLIGHTS_MAX || own.length >= OWN_MAX) throw tooManyFlights()
    const flight = newFlight(call.newId(), { owner, client, patienceMs })
    flights.set(flight.ref, flight)
    const settle = (outcome: NonNullable<Flight['outcome']>) => {
      flight.outcome = outcome
      wake(flight)
      // Nobody comes for the end of a call that is alone: it stands in the record.
      if (flight.isAlone) end(flight)
    }
    const task = {
      began(key: string) {
        flight.key = key
        wake(flight)
      },
      isAlone: () => flight.isAlone,
      ends() {
        flight.isEnding = true
        return flight.isAlone
      },
      isCancelled: () => flight.isCancelled,
    }
    const given = { ...call, signal: flight.abort.signal, client: clientOf(flight, rest) }
    make(given, patienceMs === null ? null : task).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    )
    return landing(flight, call)
  }
  return {
    of: (orgId) => ({
      begin: (flying) => begin(orgId, flying),
      resume(call) {
        const flight = flights.get(call.client?.ref ?? '')
        if (flight?.owner !== ownOf(orgId, call)) return null
        if (call.client) flight.client = call.client
        answerAll(flight, call.client?.answers ?? {})
        return landing(flight, call)
      },
      questions(call, key) {
        const flight = alone(orgId, call, key)
        return flight === null ? null : asked(flight)
      },
      answer(call, key, answers) {
        const flight = alone(orgId, call, key)
        if (flight !== null) answerAll(flight, answers)
      },
      cancel(call, key) {
        const flight = alone(orgId, call, key)
        if (flight === null) return false
        flight.isCancelled = true
        end(flight)
        return true
      },
      news(call, key, ms) {
        const flight = alone(orgId, call, key)
        return flight === null ? null : wakeUp(flight, ms, call.signal)
      },
    }),
    stop() {
      for (const flight of flights.values()) end(flight)
    },
  }
}

const newFlight = (
  ref: string,
  facts: Pick<Flight, 'owner' | 'client' | 'patienceMs'>,
): Flight => ({
  ...{ ref, ...facts, abort: new AbortController(), questions: new Map(), asked: 0 },
  ...{ waiting: new Set(), key: null, isAlone: false, isEnding: false, isCancelled: false },
  ...{ outcome: null, timer: undefined },
})

const wake = ({ waiting }: Flight): void => {
  for (const one of waiting) one()
}

/** Waits until the call is over, asks something, or has taken longer than its caller waits. */
const nextOf = (flight: Flight): Promise<void> =>
  new Promise((resolve) => {
    const { patienceMs } = flight
    let isLate = false
    const look = () => {
      const isOver = flight.outcome !== null || flight.questions.size > 0
      const goesAlone = isLate && flight.key !== null && !flight.isEnding
      if (!isOver && !goesAlone) return
      flight.isAlone = !isOver
      clearTimeout(timer)
      flight.waiting.delete(look)
      resolve()
    }
    const late = () => {
      isLate = true
      look()
    }
    const timer = patienceMs === null ? undefined : setTimeout(late, patienceMs)
    flight.waiting.add(look)
    look()
  })

const wakeUp = (flight: Flight, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const up = () => {
      clearTimeout(timer)
      flight.waiting.delete(up)
      signal.removeEventListener('abort', up)
      resolve()
    }
    const timer = setTimeout(up, ms)
    flight.waiting.add(up)
    signal.addEventListener('abort', up, { once: true })
  })

const asked = ({ questions }: Flight): Json =>
  Object.fromEntries(
    [...questions].map(([name, { method, params }]): [string, Json] => [name, { method, params }]),
  )

/** The client as the call sees it: asked by a landing, told through whoever waits by now. */
const clientOf = (flight: Flight, rest: (flight: Flight) => void): CallClient => ({
  capabilities: flight.client.capabilities,
  ...(flight.client.answers && { answers: flight.client.answers }),
  ...(flight.client.progress && { progress: (params) => flight.client.progress?.(params) }),
  ...(flight.client.logged && { logged: (params) => flight.client.logged?.(params) }),
  ask: (method, params) =>
    new Promise((resolve, reject) => {
      if (flight.questions.size >= QUESTIONS_MAX) return reject(tooManyFlights())
      const name = `question-${(flight.asked += 1)}`
      const stop = () => reject(new Error('The call is over.'))
      const { signal } = flight.abort
      signal.addEventListener('abort', stop, { once: true })
      flight.questions.set(name, {
        ...{ method, params },
        answer(given) {
          signal.removeEventListener('abort', stop)
          resolve(given)
        },
      })
      if (flight.isAlone) {
        clearTimeout(flight.timer)
        rest(flight)
      }
      wake(flight)
    }),
})

/** Passes answers on; what nobody has asked is ignored, what has no answer is asked again. */
const answerAll = (flight: Flight, answers: Json): void => {
  const { questions } = flight
  for (const [name, question] of questions) {
    const given = answers[name]
    if (!isObject(given)) continue
    questions.delete(name)
    question.answer(given)
  }
  if (questions.size === 0) clearTimeout(flight.timer)
}

const tooManyFlights = () => {
  const message = 'Too many calls wait for answers; answer or drop some, then call again.'
  return refuse('too_many', 'tools.too_many_questions', message, { retryAfterS: 10 })
}
