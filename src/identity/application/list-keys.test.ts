import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

type Keys = { items: { principal: string; lastUsedAt: string | null }[]; total: number }

test('keys of one principal are listed alone, and only to who may see them', async () => {
  const { given, run } = await bench()
  await given.project()
  await given.agent('dev-1', ['GH'])
  await given.agent('dev-2', ['GH'])
  const list = (input: object, as?: Parameters<typeof run>[2]) =>
    run<Keys>('identity.list_keys', input, as)
  const { items, total } = await list({ principal: '@dev-1' })
  expect(items).toMatchObject([{ principal: 'dev-1' }])
  expect([total, (await list({})).total]).toEqual([1, 3])
  const member = await given.person('mia')
  expect((await list({ principal: 'dev-1' }, member)).items).toEqual([])
  expect((await list({ principal: 'mia' }, member)).total).toBe(1)
  // Who is there is not told either.
  expect((await list({ principal: 'nobody' }, member)).items).toEqual([])
})
