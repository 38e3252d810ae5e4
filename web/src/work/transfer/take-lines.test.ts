import { expect, test } from 'vitest'
import { sizeOf, takeLines } from './take-lines.ts'

const answerOf = (chunks: readonly string[], breaks = false): Response =>
  new Response(
    new ReadableStream({
      start(stream) {
        for (const chunk of chunks) stream.enqueue(new TextEncoder().encode(chunk))
        if (breaks) stream.error(new Error('cut'))
        else stream.close()
      },
    }),
  )

const MAX = { bytesMax: 100, signal: new AbortController().signal }

test('lines are counted as they come, wherever the stream is cut into pieces', async () => {
  const told: number[] = []
  const answer = answerOf(['{"a":1}\n{"b"', ':2}\n', '{"c":3}\n'])
  const file = await takeLines(answer, { ...MAX, taken: ({ lines }) => told.push(lines) })
  expect(told).toEqual([1, 2, 3])
  expect(await file.text()).toBe('{"a":1}\n{"b":2}\n{"c":3}\n')
})

test('half an export is none', async () => {
  const taken = () => {}
  await expect(takeLines(answerOf(['{"a":1}\n'], true), { ...MAX, taken })).rejects.toThrow('cut')
  const large = answerOf(['x'.repeat(101)])
  await expect(takeLines(large, { ...MAX, taken })).rejects.toThrow('more than a page can hold')
  const signal = AbortSignal.abort(new Error('not wanted'))
  const unwanted = takeLines(answerOf(['a\n']), { ...MAX, signal, taken })
  await expect(unwanted).rejects.toThrow('not wanted')
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [3_249_000, '3.2 MB'],
  [64_000_000_000, '64 GB'],
])('%i bytes are said as %s', (bytes, said) => {
  expect(sizeOf(bytes)).toBe(said)
})
