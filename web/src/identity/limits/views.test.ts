import { expect, test } from 'vitest'
import { nameOf, netsIn, paceOf } from './views.ts'

const rate = (name: string, calls: number, burst: number) => ({
  ...{ name, calls, burst, per: 'hour', left: 1, wholeInS: 0 },
})

test('a limit is said with its burst where that is more than its pace', () => {
  expect(paceOf(rate('person', 20, 100))).toBe('20 per hour, 100 at once')
  expect(paceOf(rate('import', 6, 6))).toBe('6 per hour')
  expect(nameOf(rate('import', 6, 6))).toBe('Imports')
  expect(nameOf(rate('new_one', 6, 6))).toBe('new_one')
})

test('networks are read by lines, commas and blanks alike', () => {
  expect(netsIn(' 10.0.0.0/8\n192.0.2.7, 2001:db8::/32\n\n')).toEqual([
    ...['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'],
  ])
  expect(netsIn(' \n')).toEqual([])
})
