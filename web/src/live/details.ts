import type { AttemptView, Card, CommentView, Task } from '../../../src/work/contract.ts'
import type { Api } from './api.ts'
import { Refused, shape } from './api.ts'
import type { LiveEvent } from './event.ts'
import type { Topics } from './topics.ts'

/** A comment, an attempt, a reason and an event as the panel shows them. */
export type Comment = (typeof CommentView)['_output']
export type Attempt = (typeof AttemptView)['_output']
export type Reason = Readonly<{ code: string; text: string; keys: readonly string[] }>
export type Happening = Readonly<{
  pos: number
  name: string
  at: string
  actor: string | null
  data: Readonly<Record<string, unknown>>
}>

/** Everything the panel shows of one task. */
export type Detail = Readonly<{
  task: Task | null
  comments: readonly Comment[]
  /** Who worked on it, newest first. */
  attempts: readonly Attempt[]
  reasons: readonly Reason[]
  events: readonly Happening[]
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
}>

/** Names what subscribers of a task's detail listen to. */
export const detailTopic = (key: string): string => `detail ${key}`

type DetailGround = Readonly<{ api: Api; topics: Topics; took(card: Card): void }>

type Items<T> = Readonly<{ items: readonly T[]; next: string | null }>

const isTask = shape<Task>('id', 'key', 'body', 'links', 'children')
const isComments = shape<Items<Comment>>('items')
const isAttempts = shape<Readonly<{ items: readonly Attempt[] }>>('items')
const isReasons = shape<Readonly<{ reasons: readonly Reason[] }>>('reasons')
const isEvents = shape<Items<Happening>>('items')
const GATHER_MS = 120

type Watched = { watchers: number; id: string | null; timer: Timer | null; again: boolean }
type Timer = ReturnType<typeof setTimeout>

/** Makes the details. */
export const taskDetails = ({ api, topics, took }: DetailGround): Details => {
  const known = new Map<string, Detail>()
  const watched = new Map<string, Watched>()

  const set = (key: string, detail: Detail): void => {
    known.set(key, detail)
    topics.changed(detailTopic(key))
  }
  const read = async (key: string, state: Watched): Promise<void> => {
    try {
      const task = await api.read(`/tasks/${key}`, isTask)
      state.id = task.id
      took(task)
      const [comments, tried, why, events] = await Promise.all([
        readComments(api, key),
        api.read(`/tasks/${key}/attempts`, isAttempts),
        api.read(`/tasks/${key}/readiness`, isReasons),
        api.read(`/tasks/${key}/events?limit=100`, isEvents),
      ])
      const [attempts, { reasons }] = [tried.items, why]
      set(key, { task, comments, attempts, reasons, events: events.items, trouble: null })
    } catch (thrown) {
      if (thrown instanceof Refused && thrown.status !== 404 && known.get(key)?.task) return
      const trouble = thrown instanceof Error ? thrown.message : String(thrown)
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
    get: (key) => known.get(key),
    watch(key) {
      const state = watched.get(key) ?? { watchers: 0, id: null, timer: null, again: false }
      watched.set(key, state)
      state.watchers++
      soon(key, state, 0)
      return () => {
        state.watchers--
        if (state.watchers > 0) return
        watched.delete(key)
        known.delete(key)
      }
    },
    touch(events) {
      const ids = new Set(events.flatMap(touchedIds))
      for (const [key, state] of watched) {
        if (state.id === null || ids.has(state.id)) soon(key, state, GATHER_MS)
      }
    },
    refresh() {
      for (const [key, state] of watched) soon(key, state, 0)
    },
  }
}

const COMMENT_PAGES_MAX = 10

// Comments come oldest first, and the newest are the ones that matter.
const readComments = async (api: Api, key: string): Promise<readonly Comment[]> => {
  const comments: Comment[] = []
  let cursor = ''
  for (let page = 0; page < COMMENT_PAGES_MAX; page++) {
    const path = `/tasks/${key}/comments?limit=100${cursor}`
    const { items, next } = await api.read(path, isComments)
    comments.push(...items)
    if (next === null) break
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
  return comments
}

const EMPTY: Detail = {
  task: null,
  comments: [],
  attempts: [],
  reasons: [],
  events: [],
  trouble: null,
}

const touchedIds = ({ id, data }: LiveEvent): readonly string[] => {
  const around = data['around']
  if (!Array.isArray(around)) return [id]
  return [id, ...around.map((item: unknown) => String(Reflect.get(Object(item), 'id')))]
}
