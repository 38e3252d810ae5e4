import { afterEach, expect, test, vi } from 'vitest'
import { chaosServer } from '../../../test/mcp/chaos-server.ts'
import { lineOptions, toolCall } from '../../../test/mcp/test-lines.ts'
import { openEgress } from '../egress/egress.ts'
import { openHttpLine } from './http-line.ts'

// Lines as the hub has them: over the one way out, which checks addresses and says why not.

const LIMITS = { timeoutMs: 2_147_483_647, bytesMax: Number.MAX_SAFE_INTEGER }

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const started = async (era: 'modern' | 'legacy', bytesMax = LIMITS.bytesMax) => {
  const server = await chaosServer(era)
  const egress = openEgress({ allow: [`127.0.0.1/32:${new URL(server.url).port}`] })
  const fetch = egress.fetch({ ...LIMITS, bytesMax })
  const line = await openHttpLine({ ...lineOptions(server.url), fetch, era: 'auto' })
  ends.push(server.stop, egress.stop, line.close)
  return { server, line }
}

test.each(['modern', 'legacy'] as const)('a line over the way out works, %s', async (era) => {
  const { server, line } = await started(era)
  await expect(line.request(toolCall('well'))).resolves.toMatchObject({ content: [{}] })
  const heard: string[] = []
  line.onNotice((method) => heard.push(method))
  const changed = { method: 'notifications/tools/list_changed' }
  await vi.waitFor(() => expect(server.push(changed)).toBe(true))
  await vi.waitFor(() => expect(heard).toEqual([changed.method]))
})

test.each([
  ['silent', 'timeout'],
  ['silent_stream', 'timeout'],
  ['loris', 'timeout'],
  ['crash', 'away'],
  ['crash_in_stream', 'away'],
  ['huge', 'too_large'],
  ['huge_length', 'too_large'],
  ['huge_event', 'too_large'],
  ['endless_flood', 'too_large'],
  ['redirect', 'away'],
])('%s ends as %s', async (tool, kind) => {
  const { server, line } = await started('modern')
  const timeoutMs = kind === 'timeout' ? 200 : 10_000
  const call = line.request(toolCall(tool, {}, { timeoutMs }))
  await expect(call).rejects.toMatchObject({ name: 'LineFailure', kind, sent: true })
  await vi.waitFor(() => expect(server.open()).toBe(0), { timeout: 3_000 })
})

test('what the way out finds too large is too large', async () => {
  const { line } = await started('modern', 500_000)
  await expect(line.request(toolCall('huge'))).rejects.toMatchObject({ kind: 'too_large' })
})

test('an address that nobody allowed is away, and nothing was sent', async () => {
  const server = await chaosServer('modern')
  const egress = openEgress({ allow: [] })
  ends.push(server.stop, egress.stop)
  const opening = openHttpLine({
    ...lineOptions(server.url),
    fetch: egress.fetch(LIMITS),
    era: 'auto',
  })
  await expect(opening).rejects.toMatchObject({ kind: 'away', sent: false })
  await expect(opening).rejects.toThrow('may not call this address')
  expect(server.heard).toEqual([])
})

test('a caller that gives up cuts the request', async () => {
  const { server, line } = await started('modern')
  const caller = new AbortController()
  const call = line.request(toolCall('silent', {}, { signal: caller.signal }))
  const failure = call.catch((error: unknown) => error)
  await vi.waitFor(() => expect(server.heard).toContain('tools/call'))
  caller.abort()
  expect(await failure).toMatchObject({ kind: 'cancelled', sent: true })
  await vi.waitFor(() => expect(server.open()).toBe(0))
})
