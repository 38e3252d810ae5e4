import { expect, test } from 'vitest'
import { apart, withTrace } from './trace.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'

test('a failure of the hub keeps its trace, and can be taken apart again', () => {
  const said = withTrace('Something went wrong.', 500, TRACE)
  expect(said).toContain(TRACE)
  expect(apart(said)).toEqual({ text: 'Something went wrong.', trace: TRACE })
})

test('a refusal has no trace, nor has what is none', () => {
  expect(withTrace('It is full.', 409, TRACE)).toBe('It is full.')
  for (const odd of [undefined, 7, 'x', `${TRACE}0`]) {
    expect(withTrace('Away.', 503, odd)).toBe('Away.')
  }
  const text = `A sentence about Trace ${TRACE} and more`
  expect(apart(text)).toEqual({ text, trace: null })
})
