import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutResult, RESULT_TEXT_BYTES_MAX, resultPart, textBytes } from './result-cut.ts'

/** Reads all parts as an agent would, and takes the notes away. */
const readAll = (text: string): string => {
  const { parts } = cutResult(text, 'TC-81')
  const read = Array.from({ length: parts }, (_, at) => resultPart(text, 'TC-81', at + 1).text)
  return parts === 1
    ? read.join('')
    : read.map((part) => part.replace(/\n\[TC-81: [^\n]*\]$/, '')).join('')
}

test('what fits is given as it is, to the last byte', () => {
  const text = 'é'.repeat(RESULT_TEXT_BYTES_MAX / 2)
  expect(cutResult(text, 'TC-1')).toEqual({ text, bytes: RESULT_TEXT_BYTES_MAX, parts: 1 })
  expect(cutResult(`${text}.`, 'TC-1')).toMatchObject({
    bytes: RESULT_TEXT_BYTES_MAX + 1,
    parts: 2,
  })
  expect(cutResult('', 'TC-1')).toEqual({ text: '', bytes: 0, parts: 1 })
})

test('a long result is its start, and a note that tells how to read on', () => {
  const { text, bytes, parts } = cutResult('x'.repeat(100_000), 'TC-81')
  expect([bytes, parts]).toEqual([100_000, 4])
  const next = 'guildhall__result {"call":"TC-81","part":2}'
  const note = `[TC-81: part 1 of 4. Read on: ${next}. Shorter: name the fields you need.]`
  expect(text).toBe(`${'x'.repeat(RESULT_TEXT_BYTES_MAX - 256)}\n${note}`)
})

test('the last part says that it is the last', () => {
  const text = 'x'.repeat(40_000)
  expect(resultPart(text, 'TC-81', 2).text).toMatch(/^x{7488}\n\[TC-81: part 2 of 2, the end\.\]$/)
})

test('the parts of any text are the text: no character is cut, lost or doubled', () => {
  const piece = fc.constantFrom(
    'a',
    'é',
    '€',
    '😀',
    '👩‍👩‍👧',
    '\uFEFF',
    '\0',
    '\n[TC-81]',
    '\uD800',
  )
  const arbitrary = fc.tuple(
    fc.array(piece, { minLength: 1, maxLength: 12 }),
    fc.nat(40),
    fc.nat(3),
  )
  fc.assert(
    fc.property(arbitrary, ([pieces, size, shift]) => {
      const once = pieces.join('')
      const text = 'x'.repeat(shift) + once.repeat(Math.ceil((size * 4_096) / once.length))
      expect(readAll(text)).toBe(text.toWellFormed())
    }),
    { numRuns: 60 },
  )
})

test.each(['a', '€', '😀', '"\\'])('no answer is larger than allowed: text of %s', (char) => {
  const text = char.repeat(60_000)
  const { parts } = cutResult(text, 'TC-999999999999999')
  for (let part = 1; part <= parts; part += 1) {
    const size = textBytes(resultPart(text, 'TC-999999999999999', part).text)
    expect(size).toBeLessThanOrEqual(RESULT_TEXT_BYTES_MAX)
  }
})

test.each([0, 3, -1, 1.5, Number.NaN])(
  'part %d of two is refused, with how many there are',
  (part) => {
    const refusal = {
      code: 'tools.no_such_part',
      message: 'TC-81 has 2 parts; ask for one of 1 to 2.',
    }
    expect(() => resultPart('x'.repeat(50_000), 'TC-81', part)).toThrow(
      expect.objectContaining(refusal),
    )
  },
)

test('a short result has one part, which is itself', () => {
  expect(resultPart('short', 'TC-81', 1)).toEqual({ text: 'short', bytes: 5, parts: 1 })
  expect(() => resultPart('short', 'TC-81', 2)).toThrow('TC-81 has one part; ask for part 1.')
})
