import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { EndOutcome } from '../domain/words.ts'

// Claims end in every way there is, in any order, on tasks that hang together; after each step the
// tables are what a pure model says: the table of outcomes in section 2 of the work dossier.

const TASKS = ['GH-1', 'GH-2', 'GH-3', 'GH-4'] as const
type Key = (typeof TASKS)[number]
const WHO = ['ana', 'bob', 'owner'] as const
type Who = (typeof WHO)[number]

const RUNNING_MAX = 2
const PROJECT_MAX = 3
const COLUMNS = [
  { name: 'Todo', category: 'unstarted' },
  { name: 'In progress', category: 'started', limit: RUNNING_MAX, hard: true },
  { name: 'In review', category: 'started', role: 'review', limit: 50 },
  { name: 'Done', category: 'completed' },
  { name: 'Canceled', category: 'canceled' },
]

type Task = {
  column: string
  blocked: string | null
  failures: number
  fence: number
  delegate: Who | null
  assignee: Who | null
  holder: Who | null
  attempts: { holder: Who; outcome: EndOutcome | null }[]
}
type Model = Record<Key, Task>

const fresh = (): Task => ({
  column: 'Todo',
  blocked: null,
  failures: 0,
  fence: 0,
  delegate: null,
  assignee: null,
  holder: null,
  attempts: [],
})

const isOpen = ({ column }: Task) => column !== 'Done' && column !== 'Canceled'
const isRunning = ({ column }: Task) => column === 'In progress' || column === 'In review'

/** What hangs together: GH-3 waits for GH-1, GH-4 is a subtask of GH-2. */
const countersOf = (model: Model, key: Key) => ({
  blockers: key === 'GH-3' && isOpen(model['GH-1']) ? 1 : 0,
  children: key === 'GH-2' && isOpen(model['GH-4']) ? 1 : 0,
  above: key === 'GH-4' && isOpen(model['GH-2']) && model['GH-2'].blocked !== null ? 1 : 0,
})

const isReady = (model: Model, key: Key): boolean => {
  const { blockers, children, above } = countersOf(model, key)
  const { column, blocked } = model[key]
  return column === 'Todo' && blocked === null && blockers + children + above === 0
}

type End = Readonly<{
  column: string
  failures?: 'reset' | 'raise'
  flag?: string
  delegate?: 'none' | 'holder'
}>

const ENDS: Record<Exclude<EndOutcome, 'taken_over'>, End> = {
  done: { column: 'Done', failures: 'reset' },
  review: { column: 'In review', failures: 'reset' },
  blocked: { column: 'Todo', flag: 'No key' },
  released: { column: 'Todo', delegate: 'none' },
  failed: { column: 'Todo', failures: 'raise', delegate: 'none' },
  expired: { column: 'Todo', failures: 'raise', delegate: 'none' },
  asked: { column: 'Todo', flag: 'question', delegate: 'holder' },
  handed_back: { column: 'Todo', failures: 'reset', delegate: 'none' },
  forced: { column: 'Todo' },
  canceled: { column: 'Canceled' },
}

const endAttempt = (task: Task, outcome: EndOutcome) => {
  const last = task.attempts.at(-1)
  if (last) last.outcome = outcome
  task.fence += 1
}

/** The pure model of an end. */
const end = (task: Task, outcome: keyof typeof ENDS) => {
  const { column, failures, flag, delegate } = ENDS[outcome]
  endAttempt(task, outcome)
  if (delegate === 'none') task.delegate = null
  if (delegate === 'holder') task.delegate = task.holder
  if (failures === 'reset') task.failures = 0
  if (failures === 'raise') task.failures += 1
  if (failures === 'raise' && task.failures >= 5) task.blocked = '5 attempts failed'
  if (flag) task.blocked = flag
  task.column = column
  task.holder = null
}

const begin = (task: Task, who: Who) => {
  task.fence += 1
  task.holder = who
  task.attempts.push({ holder: who, outcome: null })
  task.column = 'In progress'
}

const canClaim = (model: Model, key: Key, who: Who): boolean => {
  const task = model[key]
  const all = Object.values(model)
  const whose = task.delegate ?? task.assignee
  return (
    isReady(model, key) &&
    (whose === null || whose === who) &&
    all.filter(({ column }) => column === 'In progress').length < RUNNING_MAX &&
    all.filter(isRunning).length < PROJECT_MAX
  )
}

type World = Awaited<ReturnType<typeof open>>

const open = async () => {
  const words = await bench()
  const { given, run } = words
  await given.project('GH', {
    columns: COLUMNS.map(({ name, category, role = null }) => ({ name, category, role })),
  })
  const ana = await given.agent('ana', ['GH'])
  const bob = await given.agent('bob', ['GH'])
  await run('work.save_columns', { project: 'GH', columns: COLUMNS })
  await run('work.save_project', { id: 'GH', data: { wip_limit: PROJECT_MAX } })
  await given.tasks([
    { title: 'One', ref: 'one' },
    { title: 'Two', ref: 'two' },
    { title: 'Three', depends_on: ['one'] },
    { title: 'Four', parent: 'two' },
  ])
  const actors: Record<Who, Actor> = { ana, bob, owner: words.owner }
  const model: Model = { 'GH-1': fresh(), 'GH-2': fresh(), 'GH-3': fresh(), 'GH-4': fresh() }
  return { ...words, actors, model }
}

type Step = Readonly<{ act: Act; key: Key; who: Who }>

const STEPS = {
  async claim({ run, refused, actors, model }: World, { key, who }: Step) {
    if (canClaim(model, key, who)) {
      await run('work.claim_task', { key }, actors[who])
      begin(model[key], who)
    } else {
      const { kind } = await refused('work.claim_task', { key }, actors[who])
      expect({ who, key, kind }).toEqual({ who, key, kind: 'conflict' })
    }
  },
  async done(world: World, step: Step) {
    await finish(world, step, 'done')
  },
  async review(world: World, step: Step) {
    await finish(world, step, 'review')
  },
  async blocked(world: World, step: Step) {
    await finish(world, step, 'blocked')
  },
  async released(world: World, step: Step) {
    await finish(world, step, 'released')
  },
  async failed(world: World, step: Step) {
    await finish(world, step, 'failed')
    world.clock.turn(301_000) // longer than any rest after a failure
  },
  async expire({ run, clock, model }: World) {
    clock.turn(15_000_000)
    const agents = Object.values(model).filter(({ holder }) => holder && holder !== 'owner')
    expect(await run('work.expire_leases')).toEqual({ expired: agents.length })
    for (const task of agents) end(task, 'expired')
  },
  async ask({ house, actors, clock, model }: World, { key }: Step) {
    const task = model[key]
    if (task.holder === null || task.holder === 'owner') return
    const operation = house.pipeline.operations.get('work.ask_question')
    if (!operation) throw new Error('There is no operation to ask with.')
    const text = `Attempt ${task.attempts.length}?`
    const input = { kind: 'question', text, task: key, wait_s: 45 }
    // The first call leaves at once and comes back when its wait is over.
    const asked = { actor: actors[task.holder], door: 'http', signal: AbortSignal.abort() } as const
    await house.pipeline.run(operation, input, asked)
    clock.turn(45_000)
    const answer = await house.pipeline.run(operation, input, asked)
    expect(answer.output).toMatchObject({ parked: true, task: key })
    end(task, 'asked')
  },
  async answer({ run, model }: World, { key }: Step) {
    const { items } = await run('work.list_questions', { open: true, task: key })
    for (const { key: question } of items) {
      await run('work.answer_question', { key: question, answer: 'Yes.' })
    }
    if (items.length > 0 && model[key].blocked === 'question') model[key].blocked = null
  },
  async takeOver({ run, refused, model }: World, { key }: Step) {
    const task = model[key]
    if (task.holder === null) {
      if (!canClaim(model, key, 'owner')) {
        expect((await refused('work.take_over_task', { key })).kind).toBe('conflict')
        return
      }
      await run('work.take_over_task', { key })
      begin(task, 'owner')
      return
    }
    await run('work.take_over_task', { key })
    if (task.holder === 'owner') return
    endAttempt(task, 'taken_over')
    task.holder = 'owner'
    task.assignee ??= 'owner'
    task.attempts.push({ holder: 'owner', outcome: null })
  },
  async handBack({ run, model }: World, { key, who }: Step) {
    const task = model[key]
    if (task.holder !== 'owner') return
    const to = who === 'owner' ? null : who
    await run('work.hand_back_task', { key, ...(to && { to }) })
    end(task, 'handed_back')
    task.delegate = to
    if (to === null && task.assignee === 'owner') task.assignee = null
  },
  async force({ run, model }: World, { key }: Step) {
    if (model[key].holder === null) return
    await run('work.release_task', { key })
    end(model[key], 'forced')
  },
  async cancel({ run, model }: World, { key }: Step) {
    const task = model[key]
    await run('work.save_tasks', { items: [{ id: key, status: 'Canceled' }] })
    if (task.holder === null) task.column = 'Canceled'
    else end(task, 'canceled')
  },
  async reopen({ run, model }: World, { key }: Step) {
    if (model[key].holder !== null) return
    await run('work.change_task', { key, status: 'Todo', blocked: null, delegate: null })
    const task = model[key]
    if (task.blocked !== null) task.failures = 0
    Object.assign(task, { column: 'Todo', blocked: null, delegate: null })
  },
}
type Act = keyof typeof STEPS

const finish = async (
  { run, actors, model }: World,
  { key }: Step,
  outcome: 'done' | 'review' | 'blocked' | 'released' | 'failed',
) => {
  const task = model[key]
  if (task.holder === null) return
  const lease = `${key}#${task.fence}`
  const input = { lease, outcome, summary: 'No key' }
  await run('work.finish_work', input, actors[task.holder])
  end(task, outcome)
}

/** Reads what the model speaks of from the tables. */
const found = async ({ database, orgId, actors }: World) => {
  const sql = database.read(orgId)
  const names = new Map(WHO.map((who) => [String(actors[who].id), who]))
  const name = (id: string | null) => (id === null ? null : (names.get(id) ?? 'unknown'))
  const [tasks, attempts, leases, seats, columns, project] = await Promise.all([
    sql<Record<string, never>>`
      select 'GH-' || t.number as key, c.name as "column", t.blocked_reason as blocked, t.failures,
             t.fence, t.delegate_id as delegate, t.assignee_id as assignee, t.ready,
             t.open_blockers as blockers, t.open_children as children, t.held_above as above,
             t.attempts, t.category = c.category as fits
        from work.task t join work.board_column c on c.org_id = t.org_id and c.id = t.column_id
       where t.org_id = ${orgId} order by t.number`,
    sql<{ key: string; holder: string; outcome: string | null; open: boolean }>`
      select 'GH-' || t.number as key, a.holder_id as holder, a.outcome, a.ended_at is null as open
        from work.attempt a join work.task t on t.org_id = a.org_id and t.id = a.task_id
       where a.org_id = ${orgId} order by t.number, a.number`,
    sql<{ key: string; holder: string; fence: number; forever: boolean }>`
      select 'GH-' || t.number as key, l.holder_id as holder, l.fence,
             l.expires_at is null as forever
        from work.lease l join work.task t on t.org_id = l.org_id and t.id = l.task_id
       where l.org_id = ${orgId} order by t.number`,
    sql<{ who: string; used: number }>`
      select principal_id as who, used from work.seat where org_id = ${orgId} and used > 0`,
    sql<{ name: string; used: number }>`
      select name, wip_used as used from work.board_column
       where org_id = ${orgId} and wip_limit is not null order by position`,
    sql.one<{ used: number }>`select wip_used as used from work.project where org_id = ${orgId}`,
  ])
  return {
    tasks: tasks.map((task) => ({
      ...task,
      delegate: name(task['delegate'] ?? null),
      assignee: name(task['assignee'] ?? null),
    })),
    attempts: attempts.map((one) => ({ ...one, holder: name(one.holder) })),
    leases: leases.map((one) => ({ ...one, holder: name(one.holder) })),
    seats: Object.fromEntries(seats.map(({ who, used }) => [name(who), used])),
    columns,
    project: project.used,
  }
}

/** Says the same of the model. */
const expected = (model: Model) => {
  const all = Object.values(model)
  const agents = all.flatMap(({ holder }) => (holder && holder !== 'owner' ? [holder] : []))
  const inColumn = (name: string) => all.filter(({ column }) => column === name).length
  return {
    tasks: TASKS.map((key) => {
      const { holder: _, attempts, ...task } = model[key]
      const counters = countersOf(model, key)
      const ready = isReady(model, key)
      return { key, ...task, ...counters, ready, attempts: attempts.length, fits: true }
    }),
    attempts: TASKS.flatMap((key) =>
      model[key].attempts.map((one) => ({ key, ...one, open: one.outcome === null })),
    ),
    leases: TASKS.flatMap((key) => {
      const { holder, fence } = model[key]
      return holder === null ? [] : [{ key, holder, fence, forever: holder === 'owner' }]
    }),
    seats: Object.fromEntries(
      [...new Set(agents)].map((who) => [who, agents.filter((one) => one === who).length]),
    ),
    columns: ['In progress', 'In review'].map((name) => ({ name, used: inColumn(name) })),
    project: all.filter(isRunning).length,
  }
}

const isAct = (act: string): act is Act => Object.hasOwn(STEPS, act)
const ACTS = Object.keys(STEPS).filter(isAct)
// Claims come more often than each of their ends, or most ends would find nothing to end.
const step = fc.record<Step>({
  act: fc.constantFrom(...ACTS, ...Array.from({ length: 14 }, (): Act => 'claim')),
  key: fc.constantFrom(...TASKS),
  who: fc.constantFrom(...WHO),
})

const replay = async (steps: readonly Step[]) => {
  const world = await open()
  for (const [index, one] of steps.entries()) {
    await STEPS[one.act](world, one)
    const where = `after step ${index}: ${one.act} ${one.key} ${one.who}`
    expect({ where, ...(await found(world)) }).toEqual({ where, ...expected(world.model) })
  }
  return world
}

test('claims end in any order as the model says, and every counter stays true', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      await replay(steps)
    }),
    { numRuns: 15 },
  )
}, 120_000)

test('every way to end a claim leaves what its row of the table says', async () => {
  const on = (act: Act, who: Who = 'bob'): Step => ({ act, key: 'GH-1', who })
  // Bob holds the task because it was handed to him: who it is for is part of the table, too.
  const handed = [on('claim', 'ana'), on('takeOver'), on('handBack', 'bob'), on('claim')]
  const ends = ['done', 'review', 'blocked', 'released', 'failed', 'expire', 'ask'] as const
  for (const act of [...ends, 'takeOver', 'force', 'cancel'] as const) {
    await replay([...handed, on(act), on('answer'), on('claim', 'ana'), on('reopen'), on('claim')])
  }
  await replay([...handed, on('takeOver'), on('handBack', 'owner'), on('claim', 'ana')])
}, 60_000)

test('five failures flag a task, and who clears the flag starts the count anew', async () => {
  const on = (act: Act): Step => ({ act, key: 'GH-1', who: 'ana' })
  const fail = [on('claim'), on('failed')]
  const { model } = await replay([...fail, ...fail, ...fail, ...fail, on('claim'), on('expire')])
  expect(model['GH-1']).toMatchObject({ failures: 5, blocked: '5 attempts failed' })
  await replay([...fail, ...fail, ...fail, ...fail, ...fail, on('claim'), on('reopen'), ...fail])
}, 60_000)
