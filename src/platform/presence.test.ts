import { expect, test } from 'vitest'
import { testHouse } from '../../test/bench.ts'
import { endPresence, showPresence } from './presence.ts'

test('hubs count each other, until one ends or is not heard of any more', async () => {
  const { database } = await testHouse()
  expect(await showPresence(database, 'one')).toBe(1)
  expect(await showPresence(database, 'two')).toBe(2)
  expect(await showPresence(database, 'one')).toBe(2)
  await endPresence(database, 'two')
  expect(await showPresence(database, 'one')).toBe(1)
  await showPresence(database, 'three')
  await database.system(
    (sql) => sql`
      update platform.lease set expires_at = clock_timestamp() - interval '1 second'
       where name = 'hub/three'`,
  )
  expect(await showPresence(database, 'one')).toBe(1)
})
