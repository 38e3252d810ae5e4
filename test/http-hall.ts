import { z } from 'zod'
import type { Actor } from '../src/kernel/actor.ts'
import type { Answer, Asked, Hall, LiveEvent, LivePage } from '../src/kernel/hall.ts'
import type { AnyOperation } from '../src/kernel/operation.ts'
import { operation } from '../src/kernel/operation.ts'
import { cursorOf } from '../src/kernel/page.ts'
import { notFound, refuse } from '../src/kernel/refusal.ts'

const ORG = '00000000-0000-7000-8000-00000000000a'
const TASK = z.object({ key: z.string(), title: z.string(), version: z.int() })
const Key = z.string().regex(/^GH-[1-9][0-9]*$/)

type Task = z.infer<typeof TASK>
type Needs = Readonly<{ tasks: Map<string, Task>; seen: Record<string, unknown>[] }>

const declare = operation<Needs>()

/** A few operations of every form that routes come in. */
export const TASK_OPERATIONS: readonly AnyOperation[] = [
  declare({
    name: 'work.get_task',
    about: 'Read one task.',
    input: z.strictObject({ key: Key, full: z.boolean().optional() }),
    output: TASK,
    access: 'task:read',
    effect: 'read',
    http: 'GET /tasks/:key',
    mcp: null,
    run: async ({ key }, { tasks }) => found(tasks, key),
  }),
  declare({
    name: 'work.find_task',
    about: 'List tasks.',
    input: z.strictObject({
      limit: z.int().max(100).default(20),
      cursor: z.string().optional(),
      labels: z.array(z.string()).optional(),
      priorities: z.array(z.int()).optional(),
      open: z.boolean().optional(),
      title: z.string().optional(),
    }),
    output: z.object({ items: z.array(TASK), next: z.string().nullable() }),
    access: 'task:read',
    effect: 'read',
    http: 'GET /tasks',
    mcp: null,
    async run(input, { tasks, seen }) {
      seen.push(input)
      const items = [...tasks.values()].slice(0, input.limit)
      return { items, next: items.length < tasks.size ? cursorOf([items.length]) : null }
    },
  }),
  declare({
    name: 'work.save_task',
    about: 'Make a task.',
    input: z.strictObject({ key: Key, title: z.string().max(200) }),
    output: TASK,
    access: 'task:write',
    effect: 'write',
    http: 'POST /tasks',
    mcp: null,
    async run({ key, title }, { tasks, seen, call }) {
      seen.push({ idempotencyKey: call.idempotencyKey })
      const task = { key, title, version: 1 }
      tasks.set(key, task)
      return task
    },
  }),
  declare({
    name: 'work.rename_task',
    about: 'Give a task another title.',
    input: z.strictObject({ key: Key, title: z.string(), version: z.int().optional() }),
    output: TASK,
    access: 'task:write',
    effect: 'write',
    http: 'PATCH /tasks/:key',
    mcp: null,
    async run({ key, title, version }, { tasks }) {
      const task = found(tasks, key)
      if (version !== undefined && version !== task.version) {
        const message = `${key} has changed; read it again, then decide.`
        throw refuse('conflict', 'work.task_changed', message, { version: task.version })
      }
      const renamed = { key, title, version: task.version + 1 }
      tasks.set(key, renamed)
      return renamed
    },
  }),
  declare({
    name: 'work.break',
    about: 'Meet a bug.',
    input: z.strictObject({}),
    output: z.object({}),
    access: null,
    effect: 'write',
    http: 'POST /break',
    mcp: null,
    run: async () => {
      throw new Error('the password is swordfish')
    },
  }),
  declare({
    name: 'work.refuse',
    about: 'Refuse in a chosen way.',
    input: z.strictObject({ kind: z.enum(['forbidden', 'too_many', 'unavailable', 'conflict']) }),
    output: z.object({}),
    access: null,
    effect: 'read',
    http: 'GET /refuse/:kind',
    mcp: null,
    run: async ({ kind }) => {
      throw refuse(kind, 'work.refused', 'Not like this.', { retryAfterS: 7, status: 1, fact: 'x' })
    },
  }),
  declare({
    name: 'work.next_task',
    about: 'Wait for work.',
    input: z.strictObject({ wait: z.int().default(20) }),
    output: z.object({ key: z.string().nullable() }),
    access: null,
    effect: 'read',
    http: 'GET /next',
    mcp: null,
    waiting: { topic: () => 'work', seconds: ({ wait }) => wait, again: ({ key }) => key === null },
    run: async () => ({ key: null }),
  }),
]

const found = (tasks: Map<string, Task>, key: string): Task => {
  const task = tasks.get(key)
  if (!task) throw notFound(key)
  return task
}

/** A hall in memory, with the handles that tests turn. */
export type TestHall = Readonly<{
  hall: Hall
  tasks: Map<string, Task>
  /** Inputs that operations saw. */
  seen: Record<string, unknown>[]
  keys: Map<string, Actor>
  lines: { line: string; fields: Record<string, unknown> | undefined }[]
  /** Seals events and tells the followers; gives the new head. */
  seal(events: readonly Partial<LiveEvent>[]): number
  /** Number of `follow` listeners. */
  followers(): number
  revoke(key: string): void
  /** Waits before every read of the ledger, so that writers overtake readers. */
  slowReads: { ms: number }
  epoch: { now: number; oldest: number }
  ready: { now: boolean }
  /** Live connections that are open, and how many may be. */
  streams: { open: number; max: number }
}>

/** Makes an actor of the test organisation. */
export const actorNamed = (handle: string): Actor => ({
  orgId: ORG,
  id: `principal-${handle}`,
  kind: 'person',
  handle,
  scopes: null,
  projects: null,
  epoch: 0,
})

/** Makes the hall. */
export const testHall = (): TestHall => {
  const tasks = new Map([['GH-1', { key: 'GH-1', title: 'First', version: 3 }]])
  const keys = new Map([['good-key', actorNamed('ada')]])
  const seen: Record<string, unknown>[] = []
  const lines: TestHall['lines'] = []
  const listeners = new Set<(orgId: string) => void>()
  const ready = { now: true }
  const streams = { open: 0, max: 20 }
  const ledger = testLedger()
  const hall: Hall = {
    operations: TASK_OPERATIONS,
    prompts: [],
    admit: () => null,
    openStream() {
      if (streams.open >= streams.max) {
        throw refuse('too_many', 'platform.too_many_streams', 'Close one first.')
      }
      streams.open += 1
      return () => void (streams.open -= 1)
    },
    authenticate(credential) {
      const actor = keys.get(credential ?? '')
      if (actor) return actor
      throw refuse('unauthenticated', 'identity.key_not_valid', 'Send a valid key.')
    },
    offers: async () => ({ names: new Set(TASK_OPERATIONS.map(({ name }) => name)), mark: '1' }),
    run: (chosen, input, asked) => runIn({ tasks, seen }, { chosen, input, asked }),
    live: () => ledger.reader,
    onAccessChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    readiness: async () => ({ ready: ready.now, facts: { database: ready.now ? 'up' : 'away' } }),
    now: () => Date.now(),
    async *lines() {
      yield '{"k":"guildhall","v":1}\n'
    },
    log: (_, line, fields) => lines.push({ line, fields }),
  }
  const revoke = (key: string): void => {
    keys.delete(key)
    for (const listener of listeners) listener(ORG)
  }
  return { hall, tasks, seen, keys, lines, revoke, ready, streams, ...ledger }
}

type Run = Readonly<{ chosen: AnyOperation; input: unknown; asked: Asked }>

const runIn = async (needs: Needs, { chosen, input, asked }: Run): Promise<Answer> => {
  const parsed = chosen.input.safeParse(input)
  if (!parsed.success) {
    const message = z.prettifyError(parsed.error)
    throw refuse('invalid', 'platform.input_not_valid', message)
  }
  const call = { idempotencyKey: asked.idempotencyKey ?? null }
  const output = await chosen.run(parsed.data, { ...needs, call })
  if (chosen.waiting?.again(output)) await aborted(asked.signal)
  const version = z.object({ version: z.int() }).safeParse(output).data?.version ?? null
  return { output, text: () => '', version, trace: asked.trace ?? '' }
}

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('The wait was aborted.')))
  })

// A ledger with dense positions whose reads can be made slow.
const testLedger = () => {
  const events: LiveEvent[] = []
  const followers = new Set<(page: LivePage) => void>()
  const slowReads = { ms: 0 }
  const epoch = { now: 1, oldest: 0 }
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, slowReads.ms))
  return {
    slowReads,
    epoch,
    followers: () => followers.size,
    seal(given: readonly Partial<LiveEvent>[]): number {
      const sealed = given.map(
        (part, at): LiveEvent => ({
          orgId: ORG,
          pos: events.length + 1 + at,
          name: 'work.task_changed',
          id: 'GH-1',
          version: 1,
          actor: 'principal-ada',
          at: '2026-11-21T10:00:00.000Z',
          data: {},
          ...part,
        }),
      )
      events.push(...sealed)
      const page = { events: sealed, pos: events.length, epoch: epoch.now }
      for (const follower of followers) follower(page)
      return events.length
    },
    reader: {
      async after(pos: number): Promise<LivePage> {
        if (pos < epoch.oldest) throw refuse('conflict', 'platform.cursor_too_old', 'Start anew.')
        const read = events.slice(pos, pos + 500)
        if (slowReads.ms > 0) await pause()
        return { events: read, pos: pos + read.length, epoch: epoch.now }
      },
      async head() {
        const pos = events.length
        if (slowReads.ms > 0) await pause()
        return { pos, epoch: epoch.now }
      },
      follow(listener: (page: LivePage) => void) {
        followers.add(listener)
        return () => void followers.delete(listener)
      },
    },
  }
}
