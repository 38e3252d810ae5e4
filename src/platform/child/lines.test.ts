import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineCutter, tailKeeper } from './lines.ts'

const cut = (chunks: readonly Buffer[], bytesMax: number) => {
  const lines: string[] = []
  let tooLong = 0
  const take = lineCutter({
    bytesMax,
    line: (text) => lines.push(text),
    tooLong: () => (tooLong += 1),
  })
  for (const chunk of chunks) take(chunk)
  return { lines, tooLong }
}

test('lines come out whole, however the bytes were cut', () => {
  const word = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\r\n]/g, ' '))
  const cuts = fc.array(fc.nat(200))
  fc.assert(
    fc.property(fc.array(word), cuts, fc.constantFrom('\n', '\r\n'), (words, at, end) => {
      const whole = Buffer.from(words.map((text) => text + end).join(''))
      const edges = [0, ...at.map((place) => Math.min(place, whole.length)), whole.length]
      const sorted = edges.toSorted((a, b) => a - b)
      const chunks = sorted.map((from, index) => whole.subarray(from, sorted[index + 1] ?? from))
      const expected = words.filter((text) => text !== '').map((text) => text.toWellFormed())
      expect(cut(chunks, 10_000)).toEqual({ lines: expected, tooLong: 0 })
    }),
  )
})

test('a line as long as allowed passes, one byte more ends all', () => {
  const fits = Buffer.from(`${'x'.repeat(8)}\n`)
  const exceeds = Buffer.from('x'.repeat(9))
  expect(cut([fits, fits], 8).lines).toHaveLength(2)
  expect(cut([fits, exceeds, exceeds, fits], 8)).toEqual({ lines: ['xxxxxxxx'], tooLong: 1 })
  expect(cut([Buffer.concat([exceeds, fits, fits])], 8)).toEqual({ lines: [], tooLong: 1 })
})

test('the tail is the last bytes, from a whole character on', () => {
  const tail = tailKeeper(5)
  expect(tail.text()).toBe('')
  tail.take(Buffer.from('abc'))
  expect(tail.text()).toBe('abc')
  tail.take(Buffer.from('äöü'))
  expect(tail.text()).toBe('öü')
})
