import { afterEach, expect, test, vi } from 'vitest'
import type { TestDoor } from '../../../test/mcp-door.ts'
import { modern, openDoor } from '../../../test/mcp-door.ts'
import { toolTokens } from '../../../test/tokens.ts'
import { INSTRUCTIONS } from './instructions.ts'

const doors: TestDoor[] = []
const open = async (...given: Parameters<typeof openDoor>) => {
  const door = await openDoor(...given)
  doors.push(door)
  return door
}

afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.stop()))
})

const resultOf = async (door: TestDoor, sent: ReturnType<typeof modern>) => {
  const { status, text } = await door.send(sent)
  return { status, ...JSON.parse(text) }
}

const call = (name: string, args: object = {}, more: Parameters<typeof modern>[2] = {}) =>
  modern('tools/call', { name, arguments: args }, more)

const told = async (door: TestDoor, sent: ReturnType<typeof modern>) => {
  const { result } = await resultOf(door, sent)
  return { isError: result.isError ?? false, text: result.content[0].text }
}

test('the list of tools is sorted, whole and made of the allowed words only', async () => {
  const door = await open()
  const { result } = await resultOf(door, modern('tools/list'))
  expect(result).toMatchObject({ resultType: 'complete', ttlMs: 60000, cacheScope: 'private' })
  const names = result.tools.map(({ name }: { name: string }) => name)
  expect(names).toEqual([
    'break',
    'refuse',
    'sprint',
    'story',
    'task_get',
    'task_save',
    'work_next',
  ])
  expect(result.tools[2]).toEqual({
    name: 'sprint',
    description: 'List or start sprints.',
    inputSchema: {
      type: 'object',
      properties: {
        op: { type: 'string', enum: ['list', 'start'] },
        project: { type: 'string' },
        limit: { type: 'integer', minimum: 1, maximum: 100 },
        id: { type: 'string' },
        data: {},
      },
      required: ['op', 'project'],
    },
    annotations: { destructiveHint: false },
  })
  expect(result.tools[4].annotations).toEqual({ readOnlyHint: true })
  expect(result.tools[5].inputSchema.properties.title).toEqual({ type: 'string' })
  expect(toolTokens(result.tools)).toBeLessThan(400)
})

test('the list is cached, and leaves out what rights never allow', async () => {
  const door = await open()
  door.never.set('bob', ['work.start_sprint', 'work.save_tasks'])
  const mine = await resultOf(door, modern('tools/list'))
  const again = await resultOf(door, modern('tools/list', {}, { id: 'x' }))
  expect(again.result).toEqual(mine.result)
  const sent = modern('tools/list', {}, { headers: { authorization: 'Bearer other-key' } })
  const { result } = await resultOf(door, sent)
  const tools = Object.fromEntries(result.tools.map((tool: { name: string }) => [tool.name, tool]))
  expect(tools.task_save).toBeUndefined()
  expect(tools.sprint.inputSchema.properties.op.enum).toEqual(['list'])
  expect(tools.sprint.annotations).toEqual({ readOnlyHint: true })
})

test.each([
  ['/agent/mcp/p/lean', ['task_get', 'work_next']],
  ['/agent/mcp?profile=worker', ['task_get', 'task_save', 'work_next']],
  ['/agent/mcp?tools=sprint,story', ['sprint', 'story']],
])('%s narrows list and calls', async (path, names) => {
  const door = await open()
  const { result } = await resultOf(door, { ...modern('tools/list'), path })
  expect(result.tools.map(({ name }: { name: string }) => name)).toEqual(names)
  const { error } = await resultOf(door, { ...call('break'), path })
  expect(error).toMatchObject({ code: -32602 })
})

test.each([
  ['/agent/mcp/p/learn', 'did you mean lean?'],
  ['/agent/mcp?tools=sprnt', 'did you mean sprint?'],
  ['/agent/mcp/elsewhere', 'connect to /agent/mcp'],
])('%s is nowhere', async (path, hint) => {
  const door = await open()
  const { status, error } = await resultOf(door, { ...modern('tools/list'), path })
  expect(status).toBe(404)
  expect(error.message).toContain(hint)
})

test('a call is answered with one text block, the second time at once', async () => {
  const door = await open()
  const sent = call('task_get', { ids: ['GH-1'] })
  const first = await resultOf(door, sent)
  expect(first).toEqual({
    status: 200,
    jsonrpc: '2.0',
    id: 1,
    result: {
      content: [{ type: 'text', text: 'GH-1 First' }],
      resultType: 'complete',
      _meta: {
        'io.modelcontextprotocol/serverInfo': {
          name: 'guildhall',
          title: 'Guildhall',
          version: '0.1.0',
        },
      },
    },
  })
  expect(await resultOf(door, sent)).toEqual(first)
  expect(door.hits.count).toBe(1)
})

test.each([0, '0', 'ö"\\', -5, ''])('the id %j comes back as it was', async (id) => {
  const door = await open()
  const { id: back } = await resultOf(door, modern('tools/list', {}, { id }))
  expect(back).toBe(id)
})

test('an operation of a tool with ops gets its input without op', async () => {
  const door = await open()
  const sent = call('sprint', { op: 'start', project: 'GH', id: 'S-1' })
  expect(await told(door, sent)).toEqual({ isError: false, text: 'S-1 started' })
  expect(door.seen).toEqual([{ project: 'GH', id: 'S-1' }])
})

test.each([
  [{ op: 'strat' }, 'platform.op_unknown: sprint has no such op; did you mean start?'],
  [{}, 'platform.op_missing: Say which op of sprint you mean: list, start.'],
  [{ op: 'constructor' }, 'platform.op_unknown: sprint has no such op; it has list, start.'],
])('the arguments %j are refused in words', async (args, text) => {
  const door = await open()
  expect(await told(door, call('sprint', args))).toEqual({ isError: true, text })
})

test('an unknown argument is refused by name', async () => {
  const door = await open()
  const { isError, text } = await told(door, call('sprint', { op: 'list', project: 'GH', nme: 1 }))
  expect(isError).toBe(true)
  expect(text).toContain('platform.input_not_valid')
  expect(text).toContain('nme')
  // One problem is what the sentence says already.
  expect(text).not.toContain('problems:')
})

test('a refusal is told with its code and at most six facts', async () => {
  const door = await open()
  expect(await told(door, call('refuse', { kind: 'conflict' }))).toEqual({
    isError: true,
    text: 'work.refused: Not like this.\nallowed: doing review\nlimit: 3\na: 1\nb: 2\nc: 3\nd: 4',
  })
})

test('an identity that ended during the call is a matter of the transport', async () => {
  const door = await open()
  const reply = await door.send(call('refuse', { kind: 'unauthenticated' }))
  expect(reply.status).toBe(401)
  expect(reply.headers['www-authenticate']).toBe('Bearer realm="guildhall"')
})

test('the text of a bug stays inside, its trace goes out', async () => {
  const door = await open()
  const { isError, text } = await told(door, call('break'))
  expect(isError).toBe(true)
  expect(text).toMatch(/^platform.unexpected: Something went wrong .*\ntrace: [0-9a-f]{32}$/)
  expect(JSON.stringify(door.lines)).toContain('swordfish')
})

test('text beyond 32 KB is cut at a whole character', async () => {
  const door = await open()
  const { text } = await told(door, call('story', { chars: 40_000 }))
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(32 * 1024)
  expect(text).toMatch(/^ö+\n\(The rest is left out; narrow with .*\)$/)
  const short = await told(door, call('story', { chars: 16_000 }))
  expect(short.text).toBe('ö'.repeat(16_000))
})

test('programs get the output as data when they ask, and repeat without harm', async () => {
  const door = await open()
  const meta = { 'guildhall/structured': true, 'guildhall/key': 'once-1' }
  const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
  const sent = call('task_save', { key: 'GH-7', title: 't' }, { meta, headers })
  const { result } = await resultOf(door, sent)
  expect(result.structuredContent).toEqual({ key: 'GH-7' })
  expect(door.seen).toEqual([{ key: 'GH-7', repeat: 'once-1', trace: 'a'.repeat(32) }])
})

test('discovery names the one revision and what the hub can do', async () => {
  const door = await open()
  const { result } = await resultOf(door, modern('server/discover'))
  expect(result).toMatchObject({
    supportedVersions: ['2026-07-28'],
    instructions: INSTRUCTIONS,
    ttlMs: 300000,
  })
  expect(Object.keys(result.capabilities)).not.toContain('logging')
})

test('the instructions fit where clients cut them', () => {
  expect(INSTRUCTIONS.length).toBeLessThanOrEqual(2048)
  const start = INSTRUCTIONS.slice(0, 512)
  for (const word of ['work_next', 'work_update', 'work_finish', 'ask_human', 'do not poll']) {
    expect(start).toContain(word)
  }
})

test('resources are listed, templated and read as text', async () => {
  const door = await open()
  const list = await resultOf(door, modern('resources/list'))
  expect(list.result.resources[0]).toMatchObject({ uri: 'guildhall://board/GH' })
  const templates = await resultOf(door, modern('resources/templates/list'))
  expect(templates.result.resourceTemplates).toEqual([
    {
      uriTemplate: 'guildhall://board/{project}',
      name: 'board',
      description: 'The board of a project.',
      mimeType: 'text/plain',
    },
    {
      uriTemplate: 'guildhall://task/{key}',
      name: 'task',
      description: 'One task.',
      mimeType: 'text/plain',
    },
  ])
  const uri = 'guildhall://task/GH-1'
  const read = await resultOf(door, modern('resources/read', { uri }))
  expect(read.result).toMatchObject({ contents: [{ uri, text: 'task GH-1' }], ttlMs: 0 })
})

test('prompts are listed, filled and completed', async () => {
  const door = await open()
  const list = await resultOf(door, modern('prompts/list'))
  expect(list.result.prompts[0].arguments[0]).toMatchObject({ name: 'project', required: true })
  const params = { name: 'plan', arguments: { project: 'GH' } }
  const got = await resultOf(door, modern('prompts/get', params))
  expect(got.result.messages[0].content.text).toBe('Plan the next goal in GH.')
  const done = await resultOf(
    door,
    modern('completion/complete', {
      ref: { type: 'ref/prompt', name: 'plan' },
      argument: { name: 'project', value: 'g' },
    }),
  )
  expect(done.result.completion).toEqual({ values: ['GH', 'GX'], hasMore: false })
})

test('a client that goes away ends its wait', async () => {
  const door = await open()
  const { headers = {}, body } = call('work_next', { wait_s: 30 })
  const gone = new AbortController()
  const answer = fetch(door.url, {
    method: 'POST',
    headers: { ...headers, authorization: 'Bearer good-key', 'content-type': 'application/json' },
    body: String(body),
    signal: gone.signal,
  }).catch((error: unknown) => error)
  await vi.waitFor(() => expect(door.waiting.size).toBe(1))
  gone.abort()
  await answer
  await vi.waitFor(() => expect(door.given.up).toBe(1))
})

test('a wait that ends before the first sign of life is plain JSON', async () => {
  const door = await open()
  const answer = door.send(call('work_next', { wait_s: 30 }, { meta: { progressToken: 'p' } }))
  await vi.waitFor(() => expect(door.waiting.size).toBe(1))
  for (const go of door.waiting) go()
  const { headers, text } = await answer
  expect(headers['content-type']).toBe('application/json')
  expect(JSON.parse(text).result.content[0].text).toBe('GH-1 claimed')
})

test('a long wait gives signs of life, then its answer, on one stream', async () => {
  const door = await open()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const answer = door.send(call('work_next', { wait_s: 30 }, { meta: { progressToken: 0 } }))
    await vi.waitFor(() => expect(door.waiting.size).toBe(1))
    vi.advanceTimersByTime(30_000)
    for (const go of door.waiting) go()
    const { headers, text } = await answer
    expect(headers['content-type']).toBe('text/event-stream')
    expect(headers['cache-control']).toBe('no-store, no-transform')
    const told = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data))
    expect(told).toMatchObject([
      { method: 'notifications/progress', params: { progressToken: 0, progress: 1 } },
      { method: 'notifications/progress', params: { progressToken: 0, progress: 2 } },
      { id: 1, result: { content: [{ text: 'GH-1 claimed' }], resultType: 'complete' } },
    ])
  } finally {
    vi.useRealTimers()
  }
})
