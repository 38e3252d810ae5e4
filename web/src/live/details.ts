import type {
  AttemptView,
  Card,
  CommentView,
  RunningView,
  Task,
} from '../../../src/work/contract.ts'
import type { Api } from './api.ts'
import { Refused, shape } from './api.ts'
import type { LiveEvent } from './event.ts'
import { whyOf } from './own/why-of.ts'
import type { Topics } from './topics.ts'

/** A comment, an attempt, a reason and an event as the panel shows them. */
export type Comment = (typeof CommentView)['_output']
export type Attempt = (typeof AttemptView)['_output']
export type Reason = Readonly<{ code: string; text: string; keys: readonly string[] }>
export type Run = (typeof RunningView)['_output']
export type Happening = Readonly<{
  pos: number
  name: string
  at: string
  actor: string | null
  data: Readonly<Record<string, unknown>>
}>

/** Something that a person was asked about a task. */
export type Question = Readonly<{
  key: string
  kind: string
  text: string
  options: readonly string[]
  askedBy: string
  askedAt: string
  parked: boolean
}>

/** The newest comments of a task, oldest of them first; `earlier` leads to those before. */
export type Talk = Readonly<{ items: readonly Comment[]; total: number; earlier: string | null }>

/** Everything the panel shows of one task. */
export type Detail = Readonly<{
  task: Task | null
  comments: Talk
  /** Who worked on it, newest first. */
  attempts: readonly Attempt[]
  reasons: readonly Reason[]
  events: readonly Happening[]
  eventsTotal: number
  /** What people were asked about it and have not answered. */
  questions: readonly Question[]
  /** How the work on it stands, while somebody works on it. */
  run: Run | null
  /** Why it cannot be shown. */
  trouble: string | null
}>

/** The tasks that are open in panels: read whole, and again when something happened to them. */
export type Details = Readonly<{
  get(key: string): Detail | undefined
  /** Reads a task and keeps it fresh until the given stop is called. */
  watch(key: string): () => void
  touch(events: readonly LiveEvent[]): void
  refresh(): void
  /** Reads a task that is open at once: what was just done to it is in it. */
  confirm(key: string): Promise<void>
  /** Reads comments from before those that are known. */
  readEarlier(key: string): Promise<void>
  /** Shows fields as they will be, until the given end is called. */
  lay(key: string, fields: Partial<Task>): () => void
}>

/** Names what subscribers of a task's detail listen to. */
export const detailTopic = (key: string): string => `detail ${key}`

type DetailGround = Readonly<{ api: Api; topics: Topics; took(card: Card): void }>

type Items<T> = Readonly<{ items: readonly T[]; total: number; next: string | null }>

const isTask = shape<Task>('id', 'key', 'body', 'links', 'children')
const isComments = shape<Items<Comment>>('items', 'total', 'next')
const isAttempts = shape<Readonly<{ items: readonly Attempt[] }>>('items')
const isReasons = shape<Readonly<{ reasons: readonly Reason[] }>>('reasons')
const isEvents = shape<Items<Happening>>('items', 'total')
const isQuestions = shape<Readonly<{ items: readonly Question[] }>>('items')
const isRunning = shape<Readonly<{ items: readonly Run[] }>>('items')
const GATHER_MS = 120
const EVENTS_MAX = 100
const COMMENTS_FIRST = 30
const COMMENTS_MORE = 100

type Timer = ReturnType<typeof setTimeout>
type Watched = {
  watchers: number
  id: string | null
  timer: Timer | null
  again: boolean
  reads: number
}

/** Makes the details. */
export const taskDetails = ({ api, topics, took }: DetailGround): Details => {
  const known = new Map<string, Detail>()
  const laid = new Map<string, readonly Partial<Task>[]>()
  const shown = new Map<string, Detail>()
  const watched = new Map<string, Watched>()

  const show = (key: string): void => {
    const detail = known.get(key)
    if (detail === undefined) shown.delete(key)
    else shown.set(key, withLaid(detail, laid.get(key) ?? []))
    topics.changed(detailTopic(key))
  }
  const set = (key: string, detail: Detail): void => {
    known.set(key, detail)
    show(key)
  }
  const read = async (key: string, state: Watched): Promise<void> => {
    const own = ++state.reads
    try {
      const task = await api.read(`/tasks/${key}`, isTask)
      state.id = task.id
      took(task)
      const rest = await readRest(api, task)
      // An answer that was overtaken says how it was, not how it is.
      if (own !== state.reads) return
      const comments = joined(known.get(key)?.comments, rest.comments)
      set(key, { ...rest, task, comments, trouble: null })
    } catch (thrown) {
      if (own !== state.reads) return
      if (thrown instanceof Refused && thrown.status !== 404 && known.get(key)?.task) return
      const trouble = whyOf(thrown)
      set(key, { ...EMPTY, trouble })
    }
  }
  const soon = (key: string, state: Watched, ms: number): void => {
    if (state.timer !== null) {
      state.again = true
      return
    }
    state.again = false
    state.timer = setTimeout(() => {
      state.again = false
      const done = (): void => {
        state.timer = null
        if (state.again && state.watchers > 0) soon(key, state, GATHER_MS)
      }
      read(key, state).then(done, done)
    }, ms)
  }
  return {
    get: (key) => shown.get(key),
    watch(key) {
      const fresh = { watchers: 0, id: null, timer: null, again: false, reads: 0 }
      const state: Watched = watched.get(key) ?? fresh
      watched.set(key, state)
      state.watchers++
      soon(key, state, 0)
      return () => {
        state.watchers--
        if (state.watchers > 0) return
        watched.delete(key)
        known.delete(key)
        shown.delete(key)
      }
    },
    touch(events) {
      const ids = new Set(events.flatMap(touchedIds))
      for (const [key, state] of watched) {
        if (state.id === null || ids.has(state.id) || ids.has(key)) soon(key, state, GATHER_MS)
      }
    },
    refresh() {
      for (const [key, state] of watched) soon(key, state, 0)
    },
    async confirm(key) {
      const state = watched.get(key)
      if (state !== undefined) await read(key, state)
    },
    async readEarlier(key) {
      const cursor = known.get(key)?.comments.earlier ?? null
      if (cursor === null) return
      const page = await readComments(api, key, { limit: COMMENTS_MORE, cursor })
      const detail = known.get(key)
      if (detail === undefined || detail.comments.earlier !== cursor) return
      const items = [...page.items, ...detail.comments.items]
      set(key, { ...detail, comments: { ...detail.comments, items, earlier: page.earlier } })
    },
    lay(key, fields) {
      laid.set(key, [...(laid.get(key) ?? []), fields])
      show(key)
      return () => {
        const left = laid.get(key)?.filter((one) => one !== fields) ?? []
        if (left.length > 0) laid.set(key, left)
        else laid.delete(key)
        show(key)
      }
    },
  }
}

const withLaid = (detail: Detail, laid: readonly Partial<Task>[]): Detail => {
  if (detail.task === null || laid.length === 0) return detail
  const task = laid.reduce<Task>((before, fields) => ({ ...before, ...fields }), detail.task)
  return { ...detail, task }
}

const readRest = async (api: Api, { key, holder }: Task) => {
  const running = `/work/running?holder=${encodeURIComponent(holder ?? '')}&limit=100`
  const [comments, tried, why, events, asked, runs] = await Promise.all([
    readComments(api, key, { limit: COMMENTS_FIRST, cursor: null }),
    api.read(`/tasks/${key}/attempts`, isAttempts),
    api.read(`/tasks/${key}/readiness`, isReasons),
    api.read(`/tasks/${key}/events?limit=${EVENTS_MAX}`, isEvents),
    api.read(`/questions?open=true&task=${key}`, isQuestions),
    holder === null ? null : api.read(running, isRunning),
  ])
  return {
    ...{ comments, attempts: tried.items, reasons: why.reasons },
    ...{ events: events.items, eventsTotal: events.total, questions: asked.items },
    run: runs?.items.find((run) => run.key === key) ?? null,
  }
}

type PageWish = Readonly<{ limit: number; cursor: string | null }>

// The newest are the ones that matter: what is older comes when it is asked for.
const readComments = async (api: Api, key: string, { limit, cursor }: PageWish): Promise<Talk> => {
  const from = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
  const path = `/tasks/${key}/comments?order=newest&limit=${limit}${from}`
  const { items, total, next } = await api.read(path, isComments)
  return { items: items.toReversed(), total, earlier: next }
}

// Comments that were read before stay, as long as the new ones follow on them without a gap.
const joined = (before: Talk | undefined, now: Talk): Talk => {
  const [first] = now.items
  if (before === undefined || first === undefined) return now
  const at = before.items.findIndex(({ id }) => id === first.id)
  if (at < 0) return now
  const items = [...before.items.slice(0, at), ...now.items]
  return { items, total: now.total, earlier: before.earlier }
}

const EMPTY: Detail = {
  ...{ task: null, comments: { items: [], total: 0, earlier: null }, attempts: [], reasons: [] },
  ...{ events: [], eventsTotal: 0, questions: [], run: null, trouble: null },
}

const touchedIds = ({ id, data }: LiveEvent): readonly string[] => {
  const { around, key } = data
  const own = typeof key === 'string' ? [id, key] : [id]
  if (!Array.isArray(around)) return own
  return [...own, ...around.map((item: unknown) => String(Reflect.get(Object(item), 'id')))]
}
