import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sseParser } from './sse.ts'

test('messages come out whole, however the text is cut', () => {
  const text =
    'event: pos\nid: 1-4\ndata: "1-4"\n\n: still here\n\nid: 1-6\ndata: [{"pos":5}]\n\n' +
    'event: reset\nid: 1-9\ndata: {}\n\n'
  const whole = [
    { event: 'pos', id: '1-4', data: '"1-4"' },
    { event: 'message', id: '1-6', data: '[{"pos":5}]' },
    { event: 'reset', id: '1-9', data: '{}' },
  ]
  fc.assert(
    fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 8 }), (cuts) => {
      const parse = sseParser()
      const places = [0, ...cuts.sort((a, b) => a - b), text.length]
      const got = places.slice(1).flatMap((end, at) => parse(text.slice(places[at], end)))
      expect(got).toEqual(whole)
    }),
  )
})
