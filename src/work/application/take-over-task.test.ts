import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

/** A project with one agent, an owner and tasks. */
const hall = async (...titles: readonly string[]) => {
  const words = await bench()
  await words.given.project('GH')
  const dev = await words.given.agent('dev-1', ['GH'])
  await words.given.tasks(titles.map((title) => ({ title })))
  return { ...words, dev }
}

test('a person takes a task over, and its worker hears that the lease is lost', async () => {
  const { run, say, refused, dev, ledger, owner } = await hall('First')
  await run('work.next_task', {}, dev)
  expect(await say('work.take_over_task', { key: 'GH-1', note: 'I know this one.' })).toBe(
    'GH-1 is yours (GH-1#2), was @dev-1',
  )
  const lost = await refused('work.update_work', { lease: 'GH-1#1', note: 'hello' }, dev)
  expect(lost).toMatchObject({ code: 'work.lease_lost', kind: 'conflict' })
  expect(lost.said).toMatch(
    /^GH-1 is held by @\S+ since \d\d:\d\d \(taken-over\)\. Stop this work and call work_next\.$/,
  )
  const events = await ledger()
  expect(events.map(({ name }) => name)).toContain('work.task_noted')
  expect(events.findLast(({ name }) => name === 'work.task_taken_over')?.data).toMatchObject({
    key: 'GH-1',
    holder: owner.id,
    before: dev.id,
    fence: 2,
    attempt: 2,
  })
})

test('taking over twice changes nothing, and an idle task is simply claimed', async () => {
  const { run, dev, ledger } = await hall('First', 'Second')
  await run('work.next_task', {}, dev)
  const first = await run('work.take_over_task', { key: 'GH-1' })
  const before = (await ledger()).length
  expect(await run('work.take_over_task', { key: 'GH-1' })).toMatchObject({ lease: first.lease })
  expect(await ledger()).toHaveLength(before)
  expect(await run('work.take_over_task', { key: 'GH-2' })).toEqual({
    key: 'GH-2',
    lease: 'GH-2#1',
    before: null,
  })
})

test('an agent takes nothing over, and who may not is told', async () => {
  const { refused, run, dev, given } = await hall('First')
  await run('work.next_task', {}, dev)
  const other = await given.agent('dev-2', ['GH'])
  expect(await refused('work.take_over_task', { key: 'GH-1' }, other)).toMatchObject({
    kind: 'forbidden',
  })
  const eve = await given.person('eve', 'member')
  expect(await refused('work.take_over_task', { key: 'GH-1' }, eve)).toMatchObject({
    code: 'identity.not_allowed',
  })
})

test('a task that is handed back is first for the agent it is meant for', async () => {
  const { run, say, dev, given, refused } = await hall('First', 'Second')
  const other = await given.agent('dev-2', ['GH'])
  await run('work.next_task', {}, dev)
  await run('work.take_over_task', { key: 'GH-1' })
  expect(await refused('work.hand_back_task', { key: 'GH-1' }, other)).toMatchObject({
    code: 'work.people_only',
  })
  const said = await say('work.hand_back_task', { key: 'GH-1', to: 'dev-2', note: 'Try again' })
  expect(said).toBe('GH-1 todo for @dev-2')
  expect((await run('work.next_task', {}, dev)).task.key).toBe('GH-2')
  expect((await run('work.next_task', {}, other)).task).toMatchObject({
    key: 'GH-1',
    lease: 'GH-1#4',
  })
})

test('a task that is handed back to nobody is for everybody again', async () => {
  const { run, dev, given, refused } = await hall('First')
  const other = await given.agent('dev-2', ['GH'])
  await run('work.next_task', {}, dev)
  await run('work.take_over_task', { key: 'GH-1' })
  await run('work.hand_back_task', { key: 'GH-1' })
  expect((await run('work.next_task', {}, other)).task.key).toBe('GH-1')
  expect(await refused('work.hand_back_task', { key: 'GH-1' })).toMatchObject({
    code: 'work.not_yours',
  })
  expect(await refused('work.hand_back_task', { key: 'GH-1', to: 'nobody' })).toMatchObject({
    kind: 'conflict',
  })
})

test('a forced release brings a task back to the queue, and its seat is free', async () => {
  const { run, say, dev, refused } = await hall('First')
  await run('work.next_task', {}, dev)
  expect(await say('work.release_task', { key: 'GH-1', reason: 'It hangs' })).toBe(
    'GH-1 todo, taken from @dev-1',
  )
  expect(await refused('work.release_task', { key: 'GH-1' })).toMatchObject({
    code: 'work.not_held',
    said: 'Nobody holds GH-1; there is nothing to release.',
  })
  expect((await run('work.next_task', {}, dev)).task.lease).toBe('GH-1#3')
})

test('a worker who is asked to stop hears it with the next update', async () => {
  const { run, say, dev } = await hall('First')
  await run('work.next_task', {}, dev)
  expect((await run('work.update_work', { lease: 'GH-1#1' }, dev)).stop).toBe(false)
  expect(await say('work.stop_task', { key: 'GH-1' })).toBe('GH-1: @dev-1 is asked to stop')
  expect(await say('work.update_work', { lease: 'GH-1#1' }, dev)).toContain(
    'Stop was asked for: finish with released or blocked now.',
  )
})

test('a claim by name says what stands in its way', async () => {
  const { run, refused, dev, given } = await hall('First', 'Second')
  await run('work.next_task', {}, dev)
  expect(await refused('work.claim_task', { key: 'GH-1' })).toMatchObject({
    code: 'work.claimed',
    said: 'GH-1: @dev-1 holds it now. Take it over, or choose another.',
  })
  const other = await given.agent('dev-2', ['GH'])
  expect(await refused('work.claim_task', { key: 'GH-1' }, other)).toMatchObject({
    said: 'GH-1: @dev-1 holds it now. Choose another.',
  })
  await run('work.save_tasks', { items: [{ id: 'GH-2', status: 'Backlog' }] })
  expect(await refused('work.claim_task', { key: 'GH-2' })).toMatchObject({
    code: 'work.not_ready',
    said: 'GH-2 cannot be claimed. It stands in Backlog, outside the queue.',
  })
  expect(await refused('work.claim_task', { key: 'GH-9' })).toMatchObject({ kind: 'not_found' })
})

test("a person's claim has a brief and does not run out, an agent's does", async () => {
  const { run, clock, dev } = await hall('First', 'Second')
  const brief = await run('work.claim_task', { key: 'GH-1' })
  expect(brief).toMatchObject({ key: 'GH-1', lease: 'GH-1#1', expiresAt: null })
  await run('work.next_task', {}, dev)
  clock.turn(86_400_000)
  expect(await run('work.expire_leases')).toEqual({ expired: 1 })
  expect(await run('work.finish_work', { lease: 'GH-1#1', outcome: 'done' })).toMatchObject({
    key: 'GH-1',
    column: 'Done',
  })
})

test('a worker that asks for a closed column is told how work ends', async () => {
  const { run, refused, dev } = await hall('First')
  await run('work.next_task', {}, dev)
  const said = await refused('work.update_work', { lease: 'GH-1#1', status: 'Done' }, dev)
  expect(said.said).toBe(
    'GH-1 can only be in In progress or In review while you hold it; work_finish ends it.',
  )
})

test('a hint stands behind one exclamation mark', async () => {
  const { run, say, dev } = await hall('First')
  await run('work.save_tasks', {
    project: 'GH',
    items: [
      { title: 'Second', depends_on: ['GH-1'] },
      { title: 'Third', depends_on: ['GH-1'] },
    ],
  })
  const brief = await say('work.next_task', {}, dev)
  expect(brief.split('\n').at(-1)).toBe('! Finishing this frees GH-2 GH-3')
})
