import { beforeAll, expect, test } from 'vitest'
import { rooms } from '../../src/main/rooms.ts'
import type { Ground } from '../../src/platform/room.ts'
import { commentedTables, ruleOf } from '../../src/platform/security.ts'
import { part } from '../../src/platform/sql.ts'
import { bench, testHouse } from '../bench.ts'

// The first wall is the `org_id` in every statement of a store. These stores have forgotten it, on
// purpose: row-level security, the second wall, has to keep them within one organisation.

type Org = Awaited<ReturnType<typeof bench>>
let ours: Org
let theirs: Org

beforeAll(async () => {
  ours = await bench()
  theirs = await bench()
  for (const org of [ours, theirs]) {
    await org.given.project('GH')
    await org.given.tasks([{ title: 'Kept apart' }], 'GH')
    await org.run('identity.create_team', { key: 'core' })
  }
}, 60_000)

/** A store whose author forgot every filter. */
const forgetful = ({ sql }: Pick<Ground, 'sql'>) => ({
  principals: () => sql<{ orgId: string; handle: string }>`
    select org_id as "orgId", handle from identity.principal order by handle`,
  grants: () => sql<{ orgId: string }>`select org_id as "orgId" from identity.grant`,
  suspendAll: () => sql`update identity.principal set status = 'suspended' returning id`,
  dropTeams: () => sql<{ orgId: string }>`delete from identity.team returning org_id as "orgId"`,
  addTeam: (orgId: string) => sql`
    insert into identity.team (org_id, id, key, name, version, created_at)
    values (${orgId}, ${orgId}, 'planted', 'Planted', 1, now())`,
  moveTo: (orgId: string) => sql`update identity.team set org_id = ${orgId}`,
})

test('a read without a filter sees one organisation', async () => {
  const { orgId, database, owner } = ours
  const store = forgetful({ sql: database.read(orgId) })
  expect(await store.principals()).toEqual([{ orgId, handle: owner.handle }])
  expect(new Set((await store.grants()).map((row) => row.orgId))).toEqual(new Set([orgId]))
})

/** Runs a write and takes it back, whatever it has done. */
const attempted = async <T>(orgId: string, body: (ground: Pick<Ground, 'sql'>) => Promise<T>) => {
  let value: T | undefined
  const back = new Error('taken back')
  const failed = await ours.database
    .write(orgId, async (sql) => {
      value = await body({ sql })
      throw back
    })
    .catch((error: unknown) => error)
  if (failed !== back) throw failed
  return value
}

test('a write without a filter changes one organisation', async () => {
  const { orgId } = ours
  const changed = await attempted(orgId, (ground) => forgetful(ground).suspendAll())
  expect(changed).toHaveLength(1)
  const dropped = await attempted(orgId, (ground) => forgetful(ground).dropTeams())
  expect(dropped).toEqual([{ orgId }])
})

test('a row for another organisation, or moved into one, is refused', async () => {
  for (const act of ['addTeam', 'moveTo'] as const) {
    const failed = attempted(ours.orgId, (ground) => forgetful(ground)[act](theirs.orgId))
    await expect(failed).rejects.toThrow(/row-level security/)
  }
})

test('an organisation that is none sees nothing at all', async () => {
  const nowhere = '0190e0a1-0000-7000-8000-00000000dead'
  const store = forgetful({ sql: ours.database.read(nowhere) })
  expect(await store.principals()).toEqual([])
  expect(await store.grants()).toEqual([])
})

test('no table of any room shows a row of another organisation', async () => {
  const { database } = await testHouse()
  const schemas = ['platform', ...rooms().map(({ name }) => name)]
  const tables = await database.system((sql) => commentedTables(sql, schemas))
  let looked = 0
  for (const { table, comment } of tables) {
    const rule = ruleOf(table, comment ?? '')
    if (rule?.kind !== 'tenant' || !rule.app.includes('select')) continue
    looked += 1
    // The table's name comes from the catalogue, and a name is no value that a hole could take.
    const text = Object.assign([`select distinct org_id as "orgId" from ${table}`], { raw: [] })
    const rows = await database.read(ours.orgId)<{ orgId: string }>`${part(text)}`
    const foreign = rows.filter(({ orgId }) => orgId !== ours.orgId)
    expect({ table, foreign }).toEqual({ table, foreign: [] })
  }
  expect(looked).toBeGreaterThan(20)
})
