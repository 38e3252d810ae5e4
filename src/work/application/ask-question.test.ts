import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const hall = async () => {
  const words = await bench()
  await words.given.project('GH')
  const dev = await words.given.agent('dev-1', ['GH'])
  await words.given.tasks([{ title: 'First' }, { title: 'Second' }])
  await words.run('work.next_task', {}, dev)
  return { ...words, dev }
}

const QUESTION = { kind: 'question', text: 'Which port?', task: 'GH-1' }

test('an answer reaches who went on working with the next update', async () => {
  const { say, run, dev } = await hall()
  expect(await say('work.ask_question', QUESTION, dev)).toBe(
    'Q-1 open; go on, the answer comes with work_update',
  )
  expect(await say('work.list_questions', { open: true })).toMatch(
    /^Q-1 question GH-1 @dev-1 \d+s: Which port\? \(open\)$/,
  )
  expect(await say('work.answer_question', { key: 'Q-1', answer: '7420' })).toBe(
    'Q-1 answered (GH-1): 7420',
  )
  expect(await say('work.update_work', { lease: 'GH-1#1' }, dev)).toContain('Q-1 answered: 7420')
  expect((await run('work.update_work', { lease: 'GH-1#1' }, dev)).answers).toEqual([])
  const { items } = await run('work.list_comments', { key: 'GH-1' })
  expect(items).toMatchObject([{ body: 'Q-1 Which port?\n\n7420' }])
})

test('who asks the same again gets the answer that came meanwhile, once', async () => {
  const { say, run, dev } = await hall()
  await run('work.ask_question', QUESTION, dev)
  expect((await run('work.ask_question', QUESTION, dev)).question).toBe('Q-1')
  await run('work.answer_question', { key: 'Q-1', answer: '7420' })
  expect(await say('work.ask_question', QUESTION, dev)).toBe('Q-1 answered: 7420')
  expect((await run('work.ask_question', QUESTION, dev)).question).toBe('Q-2')
})

test('a waiting question ends with its answer', async () => {
  const { run, call, dev, house, ledger } = await hall()
  const waiting = call('work.ask_question', { ...QUESTION, wait_s: 30 }, dev)
  const open = async () => (await run('work.list_questions', { open: true })).total
  await expect.poll(open, { timeout: 10_000 }).toBe(1)
  await run('work.answer_question', { key: 'Q-1', answer: 'yes' })
  await house.settle()
  expect((await waiting).text()).toBe('Q-1 answered: yes')
  const asked = (await ledger()).filter(({ name }) => name === 'work.question_asked')
  expect(asked).toHaveLength(1)
})

test('a wait that is over parks the task, and the answer brings it back to who asked', async () => {
  const { run, say, dev, given, ledger } = await hall()
  const other = await given.agent('dev-2', ['GH'])
  expect(await say('work.ask_question', { ...QUESTION, wait_s: 1 }, dev)).toBe(
    'Q-1 open, GH-1 parked; call work_next',
  )
  expect(await say('work.ask_question', { ...QUESTION, wait_s: 1 }, dev)).toContain('parked')
  expect((await run('work.next_task', {}, other)).task.key).toBe('GH-2')
  expect((await run('work.next_task', {}, dev)).task).toBeNull()
  await run('work.answer_question', { key: 'Q-1', answer: 'The usual one.' })
  expect((await run('work.next_task', {}, dev)).task).toMatchObject({ key: 'GH-1', attempt: 2 })
  const names = (await ledger()).map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['work.task_parked', 'work.question_answered', 'work.task_changed']),
  )
})

test('a choice is made by words or by number, and nothing else', async () => {
  const { run, refused, dev } = await hall()
  const options = ['Postgres', 'SQLite']
  const choose = { kind: 'choose', text: 'Which database?', task: 'GH-1', options }
  expect(await refused('work.ask_question', { ...choose, options: undefined }, dev)).toMatchObject({
    code: 'work.options_missing',
  })
  await run('work.ask_question', choose, dev)
  expect(await refused('work.answer_question', { key: 'Q-1', answer: 'MySQL' })).toMatchObject({
    code: 'work.answer_not_offered',
    details: { allowed: options },
  })
  expect(
    await run('work.answer_question', { key: 'Q-1', answer: '2', note: 'small' }),
  ).toMatchObject({ answer: 'SQLite: small' })
  expect(await refused('work.answer_question', { key: 'Q-1', answer: '1' })).toMatchObject({
    code: 'work.question_answered',
  })
})

test('no agent answers, and nobody approves what they asked for themselves', async () => {
  const { run, refused, dev, given } = await hall()
  const approve = { kind: 'approve', text: 'May I drop the table?', task: 'GH-1' }
  await run('work.ask_question', approve, dev)
  await run('work.ask_question', { ...approve, text: 'May I?' })
  const yes = (key: string) => ({ key, answer: 'approve' })
  const other = await given.agent('dev-2', ['GH'])
  expect((await refused('work.answer_question', yes('Q-1'), other)).kind).toBe('forbidden')
  expect((await refused('work.answer_question', yes('Q-1'), dev)).kind).toBe('forbidden')
  const eve = await given.person('eve', 'member')
  expect(await refused('work.answer_question', yes('Q-1'), eve)).toMatchObject({
    code: 'work.approval_not_yours',
  })
  expect(await refused('work.answer_question', yes('Q-2'))).toMatchObject({
    code: 'work.own_approval',
  })
  expect(await run('work.answer_question', yes('Q-1'))).toMatchObject({ answer: 'approve' })
})

test('a question about nothing in particular belongs to the project of who asks', async () => {
  const { run, dev, refused } = await hall()
  expect(await run('work.ask_question', { kind: 'question', text: 'Hello?' }, dev)).toMatchObject({
    question: 'Q-1',
    task: null,
  })
  expect(await refused('work.answer_question', { key: 'Q-9', answer: 'x' })).toMatchObject({
    kind: 'not_found',
  })
})

test('questions asked at once get numbers of their own', async () => {
  const { run, dev } = await hall()
  const texts = Array.from({ length: 12 }, (_, index) => `Question ${index}?`)
  const asked = await Promise.all(
    texts.map((text) => run('work.ask_question', { kind: 'question', text }, dev)),
  )
  expect(new Set(asked.map(({ question }) => question)).size).toBe(12)
  const page = await run('work.list_questions', { limit: 5 })
  expect(page).toMatchObject({ total: 12, next: expect.stringMatching(/^c_/) })
  const rest = await run('work.list_questions', { limit: 100, cursor: page.next })
  expect(rest.items).toHaveLength(7)
})
