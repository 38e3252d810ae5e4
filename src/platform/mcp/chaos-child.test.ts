import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Scripts } from '../../../test/mcp/test-lines.ts'
import { asked, openScripts, toolCall } from '../../../test/mcp/test-lines.ts'
import { STDIO_SCRIPTS } from '../../../test/mcp/upstream-servers.ts'
import { openChildLine } from './child-line.ts'
import { WIDEST_RELAYS } from './http-line.ts'
import type { Json, Line } from './line.ts'

const clientInfo = { name: 'guildhall', version: '0.1.0' }
const text = (said: string) => ({ content: [{ text: said }] })
const elicitation = { elicitation: {} }

let scripts: Scripts
beforeAll(async () => {
  scripts = await openScripts()
})
afterAll(() => scripts.stop())

const openLine = async (era: 'modern' | 'legacy'): Promise<Line> => {
  const child = await scripts.start(STDIO_SCRIPTS.chaos, [era])
  return openChildLine(child, { era, clientInfo, relays: WIDEST_RELAYS })
}

const answersOf = async (line: Line): Promise<readonly string[]> => {
  const { content } = await line.request(toolCall('answers'))
  const [first]: unknown[] = Array.isArray(content) ? content : []
  const said = typeof first === 'object' && first !== null && 'text' in first ? first.text : '[]'
  return JSON.parse(String(said))
}

describe.each(['modern', 'legacy'] as const)('a hostile program, %s', (era) => {
  let line: Line
  beforeAll(async () => {
    line = await openLine(era)
  })
  afterAll(() => line.close())

  test.each(['silent', 'wrong_id'])('%s ends as timeout, and the line goes on', async (tool) => {
    const call = line.request(toolCall(tool, {}, { timeoutMs: 100 }))
    await expect(call).rejects.toMatchObject({ kind: 'timeout', sent: true })
    await expect(line.request(toolCall('well'))).resolves.toMatchObject(text('done'))
  })

  test('words of its own among the messages do no harm', async () => {
    await expect(line.request(toolCall('noise'))).resolves.toMatchObject(text('done'))
  })

  test('an answer without form fails its request', async () => {
    await expect(line.request(toolCall('no_form'))).rejects.toMatchObject({ kind: 'malformed' })
  })

  test('JSON that is too deep is not read', async () => {
    await expect(line.request(toolCall('deep'))).resolves.toMatchObject(text('after'))
  })

  test('the first of two answers counts', async () => {
    await expect(line.request(toolCall('twice'))).resolves.toMatchObject(text('first'))
  })

  test('an answer after the cancelling is dropped', async () => {
    const caller = new AbortController()
    const call = line.request(toolCall('late', {}, { signal: caller.signal }))
    const failure = call.catch((error: unknown) => error)
    await line.request(toolCall('well'))
    caller.abort()
    expect(await failure).toMatchObject({ kind: 'cancelled', sent: true })
    await vi.waitFor(async () => expect(await answersOf(line)).toContain('cancelled'))
  })

  test('a flood of notices reaches listeners a few times', async () => {
    let notices = 0
    const stop = line.onNotice(() => void (notices += 1))
    await line.request(toolCall('flood'))
    stop()
    expect(notices).toBeLessThanOrEqual(5)
    if (era === 'legacy') expect(notices).toBeGreaterThan(0)
  })
})

test.each([
  ['crash', 'crashed', 'crashed: The program ended: exited code 3'],
  ['half', 'crashed', 'crashed: The program ended: exited code 4'],
  ['huge', 'too_large', 'too_large: The program ended: line_too_long'],
])('%s fails all calls under way as %s', async (tool, kind, why) => {
  const line = await openLine('legacy')
  const other = line.request(toolCall('silent')).catch((error: unknown) => error)
  await expect(line.request(toolCall(tool))).rejects.toMatchObject({ kind, sent: true })
  expect(await other).toMatchObject({ kind, sent: true })
  expect((await line.closed).why).toContain(why)
  const late = line.request(toolCall('well'))
  await expect(late).rejects.toMatchObject({ kind, sent: false })
  await line.close()
})

test('a program that ends during the handshake fails the opening', async () => {
  const child = await scripts.start('/dev/null')
  const opening = openChildLine(child, { era: 'legacy', clientInfo })
  await expect(opening).rejects.toMatchObject({ kind: 'crashed' })
})

test('a program of the other era fails the opening', async () => {
  const child = await scripts.start(STDIO_SCRIPTS.legacy)
  const opening = openChildLine(child, { era: 'modern', clientInfo })
  await expect(opening).rejects.toMatchObject({ name: 'UpstreamFault', code: -32_601 })
  await expect(child.ended).resolves.toMatchObject({ why: 'stopped' })
})

describe('questions of a program with sessions', () => {
  const answer = async () => ({ action: 'accept', content: {} })
  let line: Line
  beforeAll(async () => {
    line = await openLine('legacy')
  })
  afterAll(() => line.close())

  test('a ping is answered, and what nobody asks is refused', async () => {
    await expect(line.request(toolCall('ping'))).resolves.toMatchObject(text('{}'))
    const odd = await line.request(toolCall('odd_question'))
    expect(JSON.stringify(odd)).toContain('-32601')
  })

  test('the time in which the caller is asked does not count', async () => {
    const slowly = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      return { action: 'accept' }
    }
    const more = { capabilities: elicitation, ask: slowly, timeoutMs: 200 }
    await expect(line.request(toolCall('ask', {}, more))).resolves.toMatchObject(
      text('{"action":"accept"}'),
    )
  })

  test('an answer that fails is an error to the server', async () => {
    const ask = async (): Promise<Json> => {
      throw new Error('secret words')
    }
    const result = await line.request(toolCall('ask', {}, { capabilities: elicitation, ask }))
    expect(JSON.stringify(result)).toContain('The caller did not answer.')
    expect(JSON.stringify(result)).not.toContain('secret')
  })

  test('a storm of questions reaches the caller a few times only', async () => {
    let questions = 0
    const ask = () => {
      questions += 1
      return answer()
    }
    await line.request(toolCall('storm', {}, { capabilities: elicitation, ask }))
    expect(questions).toBeGreaterThan(0)
    expect(questions).toBeLessThanOrEqual(32)
  })
})

test('a question that no call can have caused is cancelled', async () => {
  const child = await scripts.start(STDIO_SCRIPTS.chaos, ['legacy'])
  const line = await openChildLine(child, { era: 'legacy', clientInfo, relays: WIDEST_RELAYS })
  await line.request(toolCall('ask_nobody'))
  await vi.waitFor(() => expect(child.errors()).toContain('ask-nobody {"action":"cancel"}'))
  await line.close()
})

test('after its first question a line serves one call at a time', async () => {
  const line = await openLine('legacy')
  const ask = async () => ({ action: 'accept' })
  const more = { capabilities: elicitation, ask }
  // Two calls under way: the question could belong to both and is cancelled.
  const holding = line.request(toolCall('hold', {}, more))
  await line.request(toolCall('well'))
  const ambiguous = await line.request(toolCall('ask', {}, more))
  expect(ambiguous).toMatchObject(text('{"action":"cancel"}'))
  // From now on they wait for each other, in the order in which they came.
  const order: string[] = []
  const first = line.request(toolCall('ask', {}, more)).then((result) => {
    order.push('ask')
    return result
  })
  const second = line.request(toolCall('well')).then(() => order.push('well'))
  const impatient = line.request(toolCall('well', {}, { timeoutMs: 100 }))
  await expect(impatient).rejects.toMatchObject({ kind: 'timeout', sent: false })
  expect(line.busy()).toBe(1)
  expect(order).toEqual([])
  const ends = Promise.allSettled([holding, first, second])
  await line.close()
  expect(await ends).toMatchObject([
    { reason: { kind: 'away', sent: true } },
    { reason: { kind: 'away', sent: false } },
    { reason: { kind: 'away', sent: false } },
  ])

  const next = await openLine('legacy')
  await next.request(toolCall('ask', {}, more))
  const three = await Promise.all([
    next.request(toolCall('ask', {}, more)),
    next.request(toolCall('ask', {}, more)),
    next.request(asked('tools/call', { name: 'well' })),
  ])
  expect(three).toMatchObject([
    text('{"action":"accept"}'),
    text('{"action":"accept"}'),
    text('done'),
  ])
  await next.close()
})
