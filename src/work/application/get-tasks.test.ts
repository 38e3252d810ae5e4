import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { tokensOf } from '../../../test/tokens.ts'

const hall = async (items: readonly object[]) => {
  const words = await bench()
  await words.given.project('GH')
  await words.given.tasks(items)
  return words
}

test('a task is said as lines of what it has, without ids', async () => {
  const { say } = await hall([
    { ref: 'a', title: 'First', body: 'Do it well.', accept: ['[x] it runs', 'it stops'] },
    { title: 'Second', parent: 'a', depends_on: ['relates:a'], due: '2027-01-31', points: 3 },
  ])
  expect(await say('work.get_task', { key: 'GH-1' })).toBe(
    [
      'GH-1 First',
      'status: Todo',
      'type: task',
      'version: 1',
      'accept: 1 done: it runs 2 it stops',
      'relates: GH-2',
      'subtasks: GH-2',
      'Do it well.',
    ].join('\n'),
  )
  const both = await say('work.read_tasks', { ids: ['GH-1', 'GH-2'], include: ['why', 'deps'] })
  expect(both).toContain('not ready: Its subtasks come first: GH-2.')
  expect(both).toContain('ready: yes')
  expect(both).toContain('due: 2027-01-31T00:00:00.000Z')
  expect(both).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/)
})

test('comments and the log are there when they are asked for', async () => {
  const { run, say, ledger } = await hall([{ title: 'First', comment: 'Begin here' }])
  await run('work.change_task', { key: 'GH-1', priority: 'high', comment: 'More urgent now' })
  await ledger()
  const said = await say('work.read_tasks', { ids: ['GH-1'], include: ['comments', 'log'] })
  expect(said).toMatch(/^@owner \d+s ago: More urgent now$/m)
  expect(said).toMatch(/^@owner \d+s ago: Begin here$/m)
  expect(said).toMatch(/^\d+s ago @owner changed priority$/m)
})

test('twenty long tasks stay within 8,000 tokens and say what is missing', async () => {
  const body = 'The quick brown fox jumps over the lazy dog. '.repeat(1_000)
  const items = Array.from({ length: 20 }, (_, i) => ({ title: `Task ${i}`, body }))
  const { say } = await hall(items)
  const ids = items.map((_, i) => `GH-${i + 1}`)
  const said = await say('work.read_tasks', { ids, detail: 'full' })
  expect(tokensOf(said)).toBeLessThanOrEqual(8_000)
  expect(said).toMatch(/more, narrow with/)
})

test('a task of another organisation is not found, by any way', async () => {
  const { refused } = await hall([{ title: 'Mine' }])
  const other = await bench()
  await other.given.project('ZZ')
  await other.given.tasks([{ title: 'Theirs' }], 'ZZ')
  const unknown = await refused('work.get_task', { key: 'QQ-1' })
  for (const [name, input] of [
    ['work.get_task', { key: 'ZZ-1' }],
    ['work.read_tasks', { ids: ['ZZ-1'] }],
    ['work.change_task', { key: 'ZZ-1', title: 'X' }],
    ['work.move_task', { key: 'ZZ-1', to: 'Done' }],
    ['work.save_tasks', { items: [{ id: 'ZZ-1', title: 'X' }] }],
    ['work.get_readiness', { key: 'ZZ-1' }],
  ] as const) {
    const { kind, said } = await refused(name, input)
    expect([name, kind, said]).toEqual([name, 'not_found', unknown.said.replace('QQ-1', 'ZZ-1')])
  }
})

test('each thing that keeps a task from being claimed is named', async () => {
  const { run, say, given, clock } = await hall([
    { ref: 'a', title: 'A' },
    { ref: 'b', title: 'B', depends_on: ['a'] },
    { title: 'C', parent: 'b' },
    { title: 'D', skills: ['rust'], assignee: 'owner' },
    { title: 'E', status: 'Backlog' },
  ])
  const dev = await given.agent('dev-1', ['GH'])
  const codes = async (key: string, as = dev) => {
    const { reasons } = await run('work.get_readiness', { key }, as)
    return reasons.map(({ code }: { code: string }) => code)
  }
  expect(await codes('GH-1')).toEqual([])
  expect(await codes('GH-2')).toEqual(['blocked_by', 'open_subtasks'])
  expect(await codes('GH-3')).toEqual(['parent_blocked'])
  expect(await codes('GH-4')).toEqual(['for_other', 'skills'])
  expect(await codes('GH-5')).toEqual(['not_in_queue'])
  const later = new Date(clock.now() + 60_000).toISOString()
  await run('work.change_task', { key: 'GH-1', hold_until: later, blocked: 'wait' })
  expect(await codes('GH-1')).toEqual(['flagged', 'held_until'])
  await run('work.change_task', { key: 'GH-1', hold_until: null, blocked: null })
  await run('work.next_task', { id: 'GH-1' }, dev)
  expect(await codes('GH-1')).toEqual(['claimed'])
  expect(await say('work.get_readiness', { key: 'GH-3' })).toBe('GH-3: Above it, GH-2 is blocked.')
})
