import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SseEvent } from './sse-reader.ts'
import { readEvents } from './sse-reader.ts'

const LIMITS = { eventBytesMax: 1_000, streamBytesMax: 100_000 }

const read = async (chunks: readonly Uint8Array[], limits = LIMITS): Promise<SseEvent[]> => {
  const events: SseEvent[] = []
  async function* body() {
    yield* chunks
  }
  await readEvents(body(), { ...limits, event: (event) => void events.push(event) })
  return events
}
const readText = (text: string) => read([Buffer.from(text)])
const plain = (data: string): SseEvent => ({ name: '', data, id: null })

test.each([
  ['one line', 'data: a\n\n', [plain('a')]],
  ['two lines', 'data: a\ndata: b\n\n', [plain('a\nb')]],
  ['no blank, two blanks', 'data:a\n\ndata:  b\n\n', [plain('a'), plain(' b')]],
  ['a comment', ': hello\n\ndata: a\n\n', [plain('a')]],
  ['both ends', 'data: a\r\ndata: b\r\n\r\n', [plain('a\nb')]],
  ['returns only', 'data: a\rdata: b\r\r', [plain('a\nb')]],
  ['a name and an id', 'event: x\nid: 7\ndata: a\n\n', [{ name: 'x', data: 'a', id: '7' }]],
  ['an id alone', 'id: 7\n\n', [{ name: '', data: '', id: '7' }]],
  ['a field without colon', 'data\n\n', [plain('')]],
  ['an unknown field', 'colour: red\ndata: a\n\n', [plain('a')]],
  ['a mark at the start', '\ufeffdata: a\n\n', [plain('a')]],
  ['an unfinished event', 'data: a\n\ndata: b\n', [plain('a')]],
])('%s', async (_, text, events) => {
  expect(await readText(text)).toEqual(events)
})

test('wherever the network cuts, the events are the same', async () => {
  const text = fc.constantFrom('data: ü€\n', 'id: 1\r\n', '\n', '\r', '\r\n', ': c\n', 'event: e\n')
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 5 })),
      async (lines, cuts) => {
        const bytes = Buffer.from(lines.join(''))
        const chunks: Buffer[] = []
        let at = 0
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut))
          at += cut
        }
        chunks.push(bytes.subarray(at))
        expect(await read(chunks)).toEqual(await read([bytes]))
      },
    ),
  )
})

test('an event, a line and a stream that are too large end the reading', async () => {
  const line = Buffer.from(`data: ${'x'.repeat(900)}\n`)
  await expect(read([line, line])).rejects.toMatchObject({ kind: 'too_large' })
  const endless = Array.from({ length: 20 }, () => Buffer.from('x'.repeat(100)))
  await expect(read(endless)).rejects.toMatchObject({ kind: 'too_large' })
  const events = Array.from({ length: 200 }, () => Buffer.concat([line, Buffer.from('\n')]))
  await expect(read(events)).rejects.toMatchObject({ kind: 'too_large' })
})
