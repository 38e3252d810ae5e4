import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { Refusal } from '../../kernel/refusal.ts'

const TASKS = 5

const key = fc.integer({ min: 1, max: TASKS }).map((number) => `GH-${number}`)
const step = fc.oneof(
  fc.record({ kind: fc.constant('edge' as const), a: key, b: key }),
  fc.record({ kind: fc.constant('unedge' as const), pick: fc.nat({ max: 9 }) }),
  fc.record({ kind: fc.constant('parent' as const), a: key, b: fc.option(key) }),
  fc.record({
    kind: fc.constant('move' as const),
    a: key,
    to: fc.constantFrom('Backlog', 'Todo', 'In progress', 'In review', 'Done', 'Canceled'),
  }),
  fc.record({ kind: fc.constant('flag' as const), a: key, on: fc.boolean() }),
  fc.record({ kind: fc.constant('archive' as const), a: key, on: fc.boolean() }),
  fc.record({ kind: fc.constant('create' as const), a: key, b: key }),
  fc.record({ kind: fc.constant('claim' as const), a: key }),
  fc.record({
    kind: fc.constant('finish' as const),
    outcome: fc.constantFrom('done', 'review', 'blocked', 'released', 'failed'),
  }),
  fc.record({ kind: fc.constant('both' as const), a: key, b: key, c: key }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const world = async () => {
  const words = await bench()
  const { given, run, orgId, database } = words
  await given.project('GH')
  await given.tasks(Array.from({ length: TASKS }, (_, i) => ({ title: `T${i + 1}` })))
  const dev = await given
    .agent('dev-1', ['GH'], { seats: 10 })
    .catch(() => given.agent('dev-1', ['GH']))
  const limit = (column: string, wip: number) =>
    database.write(orgId, async (sql) => {
      await sql`update work.board_column set wip_limit = ${wip}, wip_hard = true, wip_used = 0
               where org_id = ${orgId} and name = ${column}`
      await sql`update work.project set wip_limit = 4 where org_id = ${orgId}`
      return { value: null, tail: [] }
    })
  await limit('In progress', 3)
  const leases: string[] = []
  const edges: { key: string; to: string }[] = []

  const perform = async (one: Step): Promise<unknown> => {
    switch (one.kind) {
      case 'edge':
        await run('work.add_dependency', { key: one.a, to: one.b })
        return edges.push({ key: one.a, to: one.b })
      case 'unedge':
        if (edges.length === 0) return null
        return run('work.remove_dependency', edges.splice(one.pick % edges.length, 1)[0])
      case 'parent':
        return run('work.change_task', { key: one.a, parent: one.b })
      case 'move':
        return run('work.move_task', { key: one.a, to: one.to })
      case 'flag':
        return run('work.change_task', { key: one.a, blocked: one.on ? 'stop' : null })
      case 'archive':
        return run('work.archive_task', { key: one.a, archived: one.on })
      case 'create':
        return given.tasks([
          { ref: 'x', title: 'X', parent: one.a, depends_on: [one.b] },
          { title: 'Y', parent: 'x' },
        ])
      case 'claim': {
        const { task } = await run('work.next_task', { id: one.a }, dev)
        if (task) leases.push(task.lease)
        return null
      }
      case 'finish': {
        const lease = leases.shift()
        if (lease === undefined) return null
        const end = { lease, outcome: one.outcome, summary: 'so' }
        return run('work.finish_work', end, dev)
      }
      case 'both':
        return run('work.save_tasks', {
          items: [
            { id: one.a, depends_on: [`+${one.b}`], status: 'Done' },
            ...(one.b === one.a ? [] : [{ id: one.b, parent: one.c, status: 'Todo' }]),
          ],
        })
    }
  }
  const tryStep = async (one: Step) => {
    try {
      await perform(one)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
  }
  return { ...words, dev, tryStep }
}

/** Lists every stored counter that differs from the same thing counted afresh. */
const wrongCounters = async ({ database, orgId }: Awaited<ReturnType<typeof world>>) => {
  const sql = database.read(orgId)
  const tasks = await sql`
    with recursive up as (
      select t.id as task, t.parent_id as above from work.task t
       where t.org_id = ${orgId} and t.parent_id is not null
      union all
      select up.task, u.parent_id from up join work.task u on u.id = up.above
       where u.org_id = ${orgId} and u.parent_id is not null),
    fresh as (
      select t.id,
        (select count(*)::int from work.dependency d join work.task b on b.id = d.to_id
          where d.task_id = t.id and d.kind = 'blocks'
            and b.category not in ('completed', 'canceled')) as blockers,
        (select count(*)::int from work.task c where c.parent_id = t.id
            and c.category not in ('completed', 'canceled')) as children,
        (select count(*)::int from up join work.task a on a.id = up.above
          where up.task = t.id and a.category not in ('completed', 'canceled')
            and (a.blocked_reason is not null or exists (
              select from work.dependency d join work.task b on b.id = d.to_id
               where d.task_id = a.id and d.kind = 'blocks'
                 and b.category not in ('completed', 'canceled')))) as above
      from work.task t where t.org_id = ${orgId})
    select t.number, t.open_blockers, f.blockers, t.held_above, f.above, t.open_children,
           f.children
      from work.task t join fresh f on f.id = t.id
     where t.org_id = ${orgId} and (t.open_blockers <> f.blockers or t.held_above <> f.above
           or t.open_children <> f.children)`
  const limits = await sql`
    select c.name, c.wip_used, count(t.id)::int as fresh from work.board_column c
      left join work.task t on t.column_id = c.id and t.org_id = c.org_id
     where c.org_id = ${orgId} and c.wip_limit is not null and c.category = 'started'
     group by c.name, c.wip_used having c.wip_used <> count(t.id)
    union all
    select p.key, p.wip_used, count(t.id)::int from work.project p
      left join work.task t on t.project_id = p.id and t.category = 'started'
     where p.org_id = ${orgId} and p.wip_limit is not null
     group by p.key, p.wip_used having p.wip_used <> count(t.id)`
  const depths = await sql`
    select t.number from work.task t left join work.task p on p.id = t.parent_id
     where t.org_id = ${orgId}
       and (t.depth <> coalesce(p.depth + 1, 0)
            or t.branch_id <> coalesce(p.branch_id, t.branch_id))`
  return [...tasks, ...limits, ...depths]
}

test('counters equal what counting afresh gives, whatever happened', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const hall = await world()
      for (const one of steps) {
        await hall.tryStep(one)
        expect(await wrongCounters(hall)).toEqual([])
      }
    }),
    { numRuns: 10 },
  ),
)

test('counters stay right when everything happens at the same time', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      const hall = await world()
      for (let from = 0; from < steps.length; from += 6) {
        await Promise.all(steps.slice(from, from + 6).map(hall.tryStep))
      }
      expect(await wrongCounters(hall)).toEqual([])
      expect(await hall.verify()).toMatchObject({ ok: true })
    }),
    { numRuns: 6 },
  ),
)

test('of two edges that close a circle at the same time, one is refused', async () => {
  const { run, given } = await bench()
  await given.project('GH')
  const link = (key = '', to = '') =>
    run('work.add_dependency', { key, to }).then(
      () => 'made',
      (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
    )
  for (let round = 0; round < 8; round++) {
    // The two edges have no task in common: locking their tasks alone would let both through.
    const [a, b, c, d] = await given.tasks([
      { title: 'A', depends_on: ['b'] },
      { ref: 'b', title: 'B' },
      { title: 'C', depends_on: ['d'] },
      { ref: 'd', title: 'D' },
    ])
    const outcomes = await Promise.all([link(b, c), link(d, a)])
    expect(outcomes.sort()).toEqual(['made', 'work.dependency_cycle'])
  }
})

test('tasks that are created at the same time get numbers and ranks of their own', async () => {
  const { run, given } = await bench()
  await given.project('GH')
  const batch = Array.from({ length: 5 }, (_, i) => ({ title: `T${i}` }))
  await Promise.all(Array.from({ length: 8 }, () => given.tasks(batch)))
  const { items } = await run('work.find_tasks', { limit: 100 })
  const of = (name: string) => new Set(items.map((item: Card) => item[name]))
  expect([of('key').size, of('rank').size]).toEqual([40, 40])
})

test('a claim succeeds exactly when readiness has nothing to say', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      key,
      async (steps, wanted) => {
        const hall = await world()
        for (const one of steps) await hall.tryStep(one)
        const { reasons } = await hall.run('work.get_readiness', { key: wanted }, hall.dev)
        const { task } = await hall.run('work.next_task', { id: wanted }, hall.dev)
        expect(task?.key ?? null).toBe(reasons.length === 0 ? wanted : null)
      },
    ),
    { numRuns: 20 },
  ),
)

test('the cards of all tasks follow from the events alone', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const hall = await world()
      for (const one of steps) await hall.tryStep(one)
      expect(replay(await hall.ledger())).toEqual(await cardsOf(hall))
    }),
    { numRuns: 10 },
  ),
)

type Card = Record<string, unknown>
const COUNTERS = { blockers: 'openBlockers', above: 'heldAbove', children: 'openChildren' } as const

type Happened = Readonly<{ name: string; data: Readonly<Record<string, unknown>> }>

const fields = (value: unknown): Card => ({ ...Object(value) })

/** Applies events to cards as a live board does; counters add up in any order. */
const replay = (events: readonly Happened[]) => {
  const cards = new Map<string, Card>()
  const sums: [string, string, number][] = []
  for (const event of events) {
    const id = event.data['taskId']
    if (typeof id === 'string') cards.set(id, applied(cards.get(id) ?? {}, event))
    const { around } = event.data
    for (const shift of Array.isArray(around) ? around.map(fields) : []) {
      for (const [short, long] of Object.entries(COUNTERS)) {
        sums.push([String(shift['id']), long, Number(shift[short] ?? 0)])
      }
    }
  }
  for (const [id, name, by] of sums) {
    const card = cards.get(id)
    if (card) card[name] = Number(card[name]) + by
  }
  return new Map([...cards].map(([id, card]) => [id, shown(card)]))
}

const applied = (card: Card, { name, data }: Happened): Card => {
  const place = 'category' in data ? { column: data['to'], category: data['category'] } : {}
  switch (name) {
    case 'work.task_created':
      return fields(data['card'])
    case 'work.task_moved':
      return { ...card, ...place, ...fields(data['set']), rank: data['rank'] ?? card['rank'] }
    case 'work.task_changed':
      return { ...card, ...fields(data['set']) }
    case 'work.task_claimed':
      return { ...card, ...place, holder: data['holder'] }
    case 'work.task_ended': {
      const progress = data['category'] === 'completed' ? 100 : card['progress']
      return { ...card, ...place, progress, holder: null, blocked: data['blocked'] }
    }
    default:
      return card
  }
}

const CARD = [
  ...['branch', 'type', 'column', 'category', 'priority', 'rank', 'parent', 'blocked', 'labels'],
  ...['openBlockers', 'heldAbove', 'openChildren', 'archived', 'assignee', 'holder', 'progress'],
]
const shown = (card: Card): Card => Object.fromEntries(CARD.map((name) => [name, card[name]]))

const cardsOf = async ({ run, owner, dev }: Awaited<ReturnType<typeof world>>) => {
  const { items } = await run('work.find_tasks', { q: 'status:open', limit: 100 })
  const closed = await run('work.find_tasks', { q: 'status:closed', limit: 100 })
  const keys = [...items, ...closed.items].map(({ key }: { key: string }) => key)
  const all = Array.from({ length: 200 }, (_, i) => `GH-${i + 1}`).filter((k) => !keys.includes(k))
  const rest = await Promise.all(
    [0, 1].map((half) =>
      run('work.find_tasks', { q: all.slice(half * 60, half * 60 + 60).join(' '), limit: 100 }),
    ),
  )
  const archived = rest.flatMap(({ items: found }) => found)
  const ids = new Map([
    [owner.handle, owner.id],
    [dev.handle, dev.id],
  ])
  const idOf = (name: string | null) => (name === null ? null : ids.get(name))
  return new Map<string, Card>(
    [...items, ...closed.items, ...archived].map((card) => [
      card.id,
      shown({
        ...card,
        blocked: card.blocked !== null,
        assignee: idOf(card.assignee),
        holder: idOf(card.holder),
      }),
    ]),
  )
}
