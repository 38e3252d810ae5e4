import { afterAll, beforeAll, expect, test } from 'vitest'
import { asAdmin, startTestServer, type TestServer } from '../../../test/server.ts'
import { ensureRoles, REQUEST_ROLES } from './roles.ts'

// A server of its own even in a run against DATABASE_URL: roles belong to a whole server.
let server: TestServer
beforeAll(async () => {
  server = await startTestServer('')
  await asAdmin(server.target, async (client) => {
    await client.query('drop role guildhall_app')
    await client.query('drop role guildhall_system')
    await client.query('create role plain login')
    await client.query('create role maker login createrole')
    await client.query('create role app login noinherit')
  })
})
afterAll(() => server.stop())

const as = (login: string, appUser?: string) =>
  asAdmin(server.target, async (client) => {
    await client.query(`set session authorization ${login}`)
    return ensureRoles(client, appUser)
  })

const takeOn = (login: string) =>
  asAdmin(server.target, async (client) => {
    await client.query(`set session authorization ${login}`)
    for (const role of REQUEST_ROLES) await client.query(`begin; set local role ${role}; commit`)
    return 'taken on'
  })

test('a login that may not create roles is told so and nothing is made', async () => {
  expect(await as('plain')).toBe('off')
  await expect(takeOn('plain')).rejects.toMatchObject({ code: '22023' })
})

test('hubs that start at once make the roles once, for the login that serves', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => as('maker', 'app')))
  expect(answers).toEqual(['on', 'on', 'on', 'on'])
  expect(await takeOn('app')).toBe('taken on')
  expect(await as('plain')).toBe('off')
})

test('a login that made the roles may also take them on itself', async () => {
  expect(await as('maker')).toBe('on')
  expect(await takeOn('maker')).toBe('taken on')
})

test('who could not make the roles finds them once they were granted', async () => {
  expect(await as('app')).toBe('on')
  expect(await as('guildhall')).toBe('on')
})
