import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countOf, readAsvs, unshown } from './asvs/asvs.ts'

const RAN = [
  { file: 'a.test.ts', name: 'group > a thing holds', passed: true },
  { file: 'a.test.ts', name: 'another fails', passed: false },
]
const claims = (...tests: string[]) => ({ '1.2.3': { status: 'tested' as const, tests } })

test('a claim is shown by a test that ran and passed', () => {
  expect(unshown(claims('a.test.ts > a thing holds'), RAN)).toEqual([])
})

test('a claim is not shown by a test that did not run, or that failed', () => {
  expect(unshown(claims('a.test.ts > nothing of the kind'), RAN)).toHaveLength(1)
  expect(unshown(claims('b.test.ts'), RAN)).toHaveLength(1)
  expect(unshown(claims('a.test.ts > another fails'), RAN)).toHaveLength(1)
  expect(unshown(claims('a.test.ts'), RAN)).toHaveLength(1)
})

// Only a whole run hears which tests ran. That a name is still to be found is seen at once.
test('every test that the list names can be found', () => {
  const root = join(import.meta.dirname, '..')
  const named = Object.values(readAsvs(root)).flatMap(({ tests = [] }) => tests)
  const lost = named.filter((claim) => {
    const [file = '', name = ''] = claim.split(' > ', 2)
    return !readFileSync(join(root, file), 'utf8').includes(name)
  })
  expect(lost).toEqual([])
})

test('the list of requirements can be read, and says what it covers', () => {
  const asvs = readAsvs(join(import.meta.dirname, '..'))
  expect(Object.keys(asvs).length).toBeGreaterThan(100)
  expect(countOf(asvs)).toMatch(/^ASVS 5\.0 level 2: [0-9]+ requirements/)
})
