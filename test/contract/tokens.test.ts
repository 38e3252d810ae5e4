import { beforeAll, expect, test } from 'vitest'
import { listTools, makeTools } from '../../src/interface/mcp/tools.ts'
import { TOOL_ABOUT } from '../../src/main/tool-about.ts'
import { bench } from '../bench.ts'
import { tokensOf, toolTokens } from '../tokens.ts'

// What models pay for: DESIGN, promise P6. A number above its limit is a broken promise.
const TOOLS_MAX = 1_800
const LIST_MAX = 400
const STATUS_MAX = 40
const BRIEF_MAX = 150

type Hall = Awaited<ReturnType<typeof bench>>
let hall: Hall
let lease = ''
let brief = ''

const TITLES = [
  'Fix the login redirect loop',
  'Show the sprint goal above the board',
  'Import labels with capital letters',
  'Cut the time of the first start',
]
const BODY = 'The body is another matter.'

beforeAll(async () => {
  hall = await bench()
  await hall.given.project('GH')
  await hall.given.tasks(
    Array.from({ length: 24 }, (_, index) => ({
      title: TITLES[index % TITLES.length],
      body: BODY,
      type: index % 2 === 0 ? 'task' : 'bug',
      priority: index % 3 === 0 ? 'high' : 'medium',
      points: 3,
    })),
  )
  const agent = await hall.given.agent('dev-1', ['GH'])
  brief = await hall.say('work.next_task', { project: 'GH' }, agent)
  lease = / lease (\S+#\d+)/.exec(brief)?.[1] ?? ''
  const note = { lease, note: 'The first half works.', progress: 50 }
  await hall.run('work.update_work', note, agent)
})

test('the full list of tools costs at most 1,800 tokens', () => {
  const { operations } = hall.house.hall
  const everything = { profile: 'all', tools: null, mark: 'all', hub: null }
  const names = new Set(operations.map(({ name }) => name))
  const tools = listTools(makeTools(operations, TOOL_ABOUT), everything, names)
  expect(tools.length).toBeGreaterThan(8)
  expect(toolTokens(tools)).toBeLessThanOrEqual(TOOLS_MAX)
})

test('a list of twenty tasks costs at most 400 tokens', async () => {
  const text = await hall.say('work.find_tasks', { project: 'GH' })
  expect(text.split('\n').filter((line) => line.startsWith('GH-'))).toHaveLength(20)
  expect(tokensOf(text)).toBeLessThanOrEqual(LIST_MAX)
})

test('the answer to a status change costs at most 40 tokens', async () => {
  const agent = await hall.given.agent('dev-2', ['GH'])
  const text = await hall.say('work.next_task', { project: 'GH' }, agent)
  const held = / lease (\S+#\d+)/.exec(text)?.[1]
  const status = await hall.say('work.update_work', { lease: held, progress: 40 }, agent)
  expect(status).toContain('40%')
  expect(tokensOf(status)).toBeLessThanOrEqual(STATUS_MAX)
  const ended = await hall.say('work.finish_work', { lease: held, outcome: 'done' }, agent)
  expect(tokensOf(ended)).toBeLessThanOrEqual(STATUS_MAX)
})

test('a brief without its body costs at most 150 tokens', () => {
  expect(brief).toContain(BODY)
  expect(lease).toMatch(/^GH-\d+#\d+$/)
  expect(tokensOf(brief.replace(BODY, ''))).toBeLessThanOrEqual(BRIEF_MAX)
})
