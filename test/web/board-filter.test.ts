import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Card } from '../../src/work/contract.ts'
import { readFilter } from '../../web/src/work/board/filter/accept.ts'
import { bench } from '../bench.ts'

// The board filters its live cards in the browser; a search of the hub with the same words finds
// the same tasks.

const SEED = 20_261
const QUERIES = 300
const WORDS = ['gate', 'bell', 'roof', 'clock', 'ledger', 'hammer'] as const
const COLUMNS = ['Triage', 'Backlog', 'Todo', 'In progress', 'In review', 'Done', 'Canceled']
const LABELS = ['web', 'Old town', 'api'] as const
const PRIORITIES = ['urgent', 'high', 'medium', 'low', 'none'] as const
const TYPES = ['epic', 'story', 'task', 'bug', 'chore'] as const

const task = fc.record({
  title: fc
    .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 })
    .map((w) => w.join(' ')),
  status: fc.constantFrom(...COLUMNS),
  type: fc.constantFrom(...TYPES),
  priority: fc.constantFrom(...PRIORITIES),
  labels: fc.subarray([...LABELS]),
  assignee: fc.constantFrom(null, 'owner', 'ana'),
  sprint: fc.constantFrom(null, 1, 2),
})

const part = fc.oneof(
  fc.constantFrom(...WORDS, ...WORDS.map((word) => `-${word}`), '"gate bell"', 'or'),
  fc.constantFrom('status:todo', 'status:"In progress"', 'status:in_review,done', 'status:open'),
  fc.constantFrom('status:closed', 'status:started', 'status:nowhere', 'status:Backlog,closed'),
  fc.constantFrom('label:web', 'label:"old town"', 'label:API', 'label:none'),
  fc.constantFrom('@owner', '@ana', '@dev-1', 'mine', 'ready', 'blocked'),
  fc.constantFrom('sprint:1', 'sprint:2', 'sprint:none', 'branch:main', 'branch:other'),
  fc.constantFrom('type:bug', 'type:task,epic', 'priority:h', 'priority:urgent,low'),
  fc.constantFrom('GH-1', 'GH-2', 'GH-7', 'GH-999'),
)

// A search that begins or ends with "or", or has it twice, asks for nothing in particular.
const query = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .filter((parts) => parts.every((one, at) => one !== 'or' || isWord(parts, at)))
  .map((parts) => parts.join(' '))

const isWord = (parts: readonly string[], at: number): boolean =>
  [parts[at - 1], parts[at + 1]].every((one) => WORDS.some((word) => word === one))

const hall = async () => {
  const words = await bench()
  const { given, run } = words
  await given.project('GH')
  await given.person('ana')
  const dev = await given.agent('dev-1', ['GH'])
  await run('work.save_sprint', { project: 'GH', data: { goal: 'First' } })
  await run('work.save_sprint', { project: 'GH', data: { goal: 'Second' } })
  const items = fc.sample(task, { numRuns: 60, seed: SEED })
  await given.tasks(
    items.map((one, at) => ({ ...one, ref: `t${at}`, ...(at % 7 === 6 && waits(at)) })),
  )
  await run('work.change_task', { key: 'GH-3', blocked: 'the key is lost' })
  await given.tasks([{ title: 'hammer', status: 'Todo' }])
  await run('work.next_task', { project: 'GH' }, dev)
  return words
}

const waits = (at: number) => ({ depends_on: [`t${at - 3}`] })

test('a board leaves the cards that a search of the hub finds', async () => {
  const { run, owner } = await hall()
  const { cards } = await run<{ cards: readonly Card[] }>('work.get_snapshot', { project: 'GH' })
  expect(cards.some(({ holder }) => holder === 'dev-1')).toBe(true)
  let found = 0
  for (const q of fc.sample(query, { numRuns: QUERIES, seed: SEED })) {
    const filter = readFilter(q)
    const here = cards.filter((card) => filter.accepts(card, owner.handle)).map(({ key }) => key)
    const { items } = await run<{ items: readonly Card[] }>('work.find_tasks', {
      ...{ q, project: 'GH', limit: 100 },
    })
    expect([q, here.toSorted()]).toEqual([q, items.map(({ key }) => key).toSorted()])
    found += items.length
  }
  expect(found).toBeGreaterThan(QUERIES)
})

test.each(['lable:web', 'sprint:x', 'type:thing', 'priority:9', 'zzzzzzzzz:1'])(
  'what the hub refuses in %s, the board says in the same words, and filters by the rest',
  async (q) => {
    const { refused } = await bench()
    const [one] = readFilter(q).parts
    const { said } = await refused('work.find_tasks', { q })
    expect(one?.problem).toBe(said)
    expect(readFilter(q).isEmpty).toBe(true)
    expect(readFilter(`${q} ready`).isEmpty).toBe(false)
  },
)

test('what is only half written filters nothing out', () => {
  for (const q of ['', '  ', 'status:', '@', 'label:"old']) {
    expect([q, readFilter(q).isEmpty]).toEqual([q, true])
  }
})
