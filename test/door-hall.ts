import { z } from 'zod'
import type { Actor } from '../src/kernel/actor.ts'
import type { Answer, Asked, Hall, Prompt } from '../src/kernel/hall.ts'
import type { AnyOperation } from '../src/kernel/operation.ts'
import { operation } from '../src/kernel/operation.ts'
import { notFound, refuse } from '../src/kernel/refusal.ts'
import type { TestHall } from './http-hall.ts'
import { actorNamed, testHall } from './http-hall.ts'

// The neighbour of the MCP door: a hall in memory whose operations have every form that tools,
// resources and prompts come in.

type Needs = Readonly<{ tasks: TestHall['tasks']; seen: TestHall['seen']; call: Asked }>

const declare = operation<Needs>()
const Key = z.string().regex(/^GH-[1-9][0-9]*$/)

const READS: readonly AnyOperation[] = [
  declare({
    name: 'work.read_tasks',
    about: 'Read tasks by key.',
    input: z.strictObject({
      ids: z.array(Key).min(1).max(50),
      detail: z.enum(['concise', 'full']).default('concise'),
    }),
    output: z.array(z.object({ key: z.string(), title: z.string() })),
    access: 'task:read',
    effect: 'read',
    http: null,
    mcp: 'task_get',
    cached: true,
    say: (tasks) => tasks.map(({ key, title }) => `${key} ${title}`).join('\n'),
    run: async ({ ids }, { tasks }) =>
      ids.map((key) => {
        const task = tasks.get(key)
        if (!task) throw notFound(key)
        return task
      }),
  }),
  declare({
    name: 'work.show_task',
    about: 'One task.',
    input: z.strictObject({ key: Key }),
    output: z.object({ key: z.string() }),
    access: 'task:read',
    effect: 'read',
    http: null,
    mcp: null,
    resource: 'guildhall://task/{key}',
    say: ({ key }) => `task ${key}`,
    async run({ key }, { tasks }) {
      if (!tasks.has(key)) throw notFound(key)
      return { key }
    },
  }),
  declare({
    name: 'work.show_board',
    about: 'The board of a project.',
    input: z.strictObject({ project: z.string() }),
    output: z.object({ project: z.string() }),
    access: 'board:read',
    effect: 'read',
    http: null,
    mcp: null,
    resource: 'guildhall://board/{project}',
    say: ({ project }) => `board ${project}`,
    run: async ({ project }) => ({ project }),
  }),
  declare({
    name: 'work.find_keys',
    about: 'Find keys by their beginning.',
    input: z.strictObject({ start: z.string() }),
    output: z.array(z.string()),
    access: 'project:read',
    effect: 'read',
    http: null,
    mcp: null,
    run: async () => ['GH', 'GX', 'OPS'],
  }),
  declare({
    name: 'work.list_sprints',
    about: 'List sprints.',
    input: z.strictObject({ project: z.string(), limit: z.int().min(1).max(100).optional() }),
    output: z.array(z.string()),
    access: 'sprint:read',
    effect: 'read',
    http: null,
    mcp: 'sprint list',
    say: (sprints) => sprints.join('\n'),
    run: async ({ project }) => [`${project} 1 active`],
  }),
  declare({
    name: 'work.tell_long_story',
    about: 'Give more text than a result holds.',
    input: z.strictObject({ chars: z.int() }),
    output: z.object({ chars: z.int() }),
    access: null,
    effect: 'read',
    http: null,
    mcp: 'story',
    say: ({ chars }) => 'ö'.repeat(chars),
    run: async (input) => input,
  }),
]

const WRITES: readonly AnyOperation[] = [
  declare({
    name: 'work.start_sprint',
    about: 'Start a sprint.',
    input: z.strictObject({ project: z.string(), id: z.string(), data: z.unknown().optional() }),
    output: z.object({ id: z.string() }),
    access: 'sprint:write',
    effect: 'write',
    http: null,
    mcp: 'sprint start',
    say: ({ id }) => `${id} started`,
    async run(input, { seen }) {
      seen.push(input)
      return { id: input.id }
    },
  }),
  declare({
    name: 'work.save_tasks',
    about: 'Create or change tasks.',
    input: z.strictObject({ key: Key, title: z.string().nullable() }),
    output: z.object({ key: z.string() }),
    access: 'task:write',
    effect: 'write',
    http: null,
    mcp: 'task_save',
    say: ({ key }) => `${key} saved`,
    async run({ key, title }, { tasks, seen, call }) {
      seen.push({ key, repeat: call.idempotencyKey, trace: call.trace })
      tasks.set(key, { key, title: title ?? '', version: 1 })
      return { key }
    },
  }),
  declare({
    name: 'work.break',
    about: 'Meet a bug.',
    input: z.strictObject({}),
    output: z.object({}),
    access: null,
    effect: 'write',
    http: null,
    mcp: 'break',
    run: async () => {
      throw new Error('the password is swordfish')
    },
  }),
  declare({
    name: 'work.refuse',
    about: 'Refuse in a chosen way.',
    input: z.strictObject({
      kind: z.enum(['forbidden', 'too_many', 'unavailable', 'conflict', 'unauthenticated']),
    }),
    output: z.object({}),
    access: null,
    effect: 'write',
    http: null,
    mcp: 'refuse',
    run: async ({ kind }) => {
      const details = { allowed: ['doing', 'review'], limit: 3, a: 1, b: 2, c: 3, d: 4, e: 5 }
      throw refuse(kind, 'work.refused', 'Not like this.', details)
    },
  }),
  declare({
    name: 'work.next_task',
    about: 'Claim the next task.',
    input: z.strictObject({ wait_s: z.int().min(0).max(45).default(0) }),
    output: z.object({ key: z.string() }),
    access: 'task:claim',
    effect: 'write',
    http: null,
    mcp: 'work_next',
    waiting: { topic: () => 'work', seconds: ({ wait_s }) => wait_s, again: () => false },
    say: ({ key }) => `${key} claimed`,
    run: async () => ({ key: 'GH-1' }),
  }),
  declare({
    name: 'identity.sweep',
    about: 'Run by a schedule only.',
    input: z.strictObject({}),
    output: z.object({}),
    access: null,
    effect: 'write',
    http: null,
    mcp: 'sweep',
    internal: true,
    run: async () => ({}),
  }),
]

const PROMPTS: readonly Prompt[] = [
  {
    name: 'plan',
    about: 'Plan a goal.',
    arguments: [
      { name: 'project', about: 'Key of the project.', required: true },
      { name: 'goal', about: 'What to reach.', required: false },
    ],
    text: ({ project, goal }) => `Plan ${goal ?? 'the next goal'} in ${project}.`,
  },
]

/** A hall for the MCP door, with the handles that tests turn. */
export type DoorHall = TestHall &
  Readonly<{
    /** Names of operations that an actor may never run, by its handle. */
    never: Map<string, readonly string[]>
    /** Calls of `work_next` that wait; each is let go by calling it. */
    waiting: Set<() => void>
    /** Counts the waits that ended because the client went away. */
    given: { up: number }
    /** Counts the runs that were answered at once. */
    hits: { count: number }
    /** Tells the doors that rights changed. */
    regrant(): void
  }>

/** Makes the hall; `good-key` is ada's, `other-key` is bob's. */
export const doorHall = (): DoorHall => {
  const base = testHall()
  base.keys.set('other-key', actorNamed('bob'))
  const never = new Map<string, readonly string[]>()
  const more = { waiting: new Set<() => void>(), given: { up: 0 }, hits: { count: 0 } }
  const listeners = new Set<(orgId: string) => void>()
  const operations = [...READS, ...WRITES]
  const hall: Hall = {
    ...base.hall,
    operations,
    prompts: PROMPTS,
    async offers({ handle }: Actor) {
      const denied = never.get(handle) ?? []
      const names = operations.map(({ name }) => name).filter((name) => !denied.includes(name))
      return { names: new Set(names), mark: denied.join() }
    },
    run: runner({ ...base, ...more }),
    onAccessChange(listener) {
      const stop = base.hall.onAccessChange(listener)
      listeners.add(listener)
      return () => {
        stop()
        listeners.delete(listener)
      }
    },
  }
  const regrant = (): void => {
    for (const listener of listeners) listener(actorNamed('ada').orgId)
  }
  return { ...base, ...more, hall, never, regrant }
}

type Around = Pick<DoorHall, 'tasks' | 'seen' | 'waiting' | 'given' | 'hits'>

// Like the pipeline: parse, run, tell; at once where the same read was answered before.
const runner = (around: Around): Hall['run'] => {
  const cache = new Map<string, Answer>()
  return (chosen, input, asked) => {
    const parsed = chosen.input.safeParse(input)
    if (!parsed.success) {
      throw refuse('invalid', 'platform.input_not_valid', z.prettifyError(parsed.error))
    }
    const key = `${chosen.name} ${JSON.stringify(parsed.data)}`
    const known = chosen.cached ? cache.get(key) : undefined
    if (known !== undefined) {
      around.hits.count += 1
      return known
    }
    return fresh(around, { chosen, input: parsed.data, asked }).then((answer) => {
      if (chosen.cached) cache.set(key, answer)
      return answer
    })
  }
}

type Run = Readonly<{ chosen: AnyOperation; input: unknown; asked: Asked }>

const fresh = async (around: Around, { chosen, input, asked }: Run): Promise<Answer> => {
  const waits = z.object({ wait_s: z.int().positive() }).safeParse(input).success
  if (chosen.waiting && waits) await wait(around, asked)
  const output = await chosen.run(input, { ...around, call: asked })
  const telling = { now: 0, actor: asked.actor }
  const text = () => chosen.say?.(output, telling, input) ?? JSON.stringify(output)
  return { output, text, version: null, trace: asked.trace ?? '' }
}

const wait = ({ waiting, given }: Around, { signal }: Asked): Promise<void> =>
  new Promise((resolve, reject) => {
    const go = () => {
      waiting.delete(go)
      resolve()
    }
    waiting.add(go)
    signal?.addEventListener('abort', () => {
      waiting.delete(go)
      given.up += 1
      reject(refuse('unavailable', 'platform.cancelled', 'The caller went away.'))
    })
  })
