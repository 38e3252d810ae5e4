import { expect, test } from 'vitest'
import { clientOptions, targetOfUrl } from './target.ts'

const URL_PLAIN = 'postgres://ann:s%40fe@db.example:6543/work'

test('an address gives host, port, database, login and password', () => {
  expect(targetOfUrl(URL_PLAIN)).toEqual({
    host: 'db.example',
    port: 6543,
    database: 'work',
    adminUser: 'ann',
    appUser: 'ann',
    password: 's@fe',
    adminPassword: 's@fe',
    ssl: false,
    embedded: false,
  })
})

test.each([
  ['postgres://ann@h', { host: 'h', port: 5432, database: 'ann' }],
  ['postgresql://ann@h/d', { host: 'h', database: 'd' }],
  ['postgres://ann@/d?host=/run/pg', { host: '/run/pg', database: 'd' }],
  ['postgres://ann@%2Frun%2Fpg/d', { host: '/run/pg' }],
  ['postgres://ann@[::1]:6000/d', { host: '::1', port: 6000 }],
  ['postgres://ann@h/d?sslmode=disable', { ssl: false }],
  ['postgres://ann@h/d?sslmode=no-verify', { ssl: true, sslVerify: false }],
  ['postgres://ann@h/d?sslmode=require', { ssl: true, sslVerify: true }],
])('the address %s is understood', (url, part) => {
  expect(targetOfUrl(url)).toMatchObject(part)
})

test.each([
  'mysql://ann@h/d',
  'db.example',
  'postgres://',
  'postgres://h/d',
  'postgres://ann:secret@h/d?sslmode=prefer',
])('the address %s is refused without repeating it', (url) => {
  expect(() => targetOfUrl(url)).toThrow(
    expect.objectContaining({
      code: 'platform.database_url',
      message: expect.not.stringContaining('secret'),
    }),
  )
})

test('the owner may be another login at another place, of the same database', () => {
  const target = targetOfUrl(URL_PLAIN, 'postgres://root:r@direct/work')
  expect(clientOptions(target, 'admin')).toMatchObject({ host: 'direct', port: 5432, user: 'root' })
  expect(clientOptions(target, 'app')).toMatchObject({
    host: 'db.example',
    port: 6543,
    user: 'ann',
  })
  expect(() => targetOfUrl(URL_PLAIN, 'postgres://root@direct/other')).toThrow('same database')
})

test('a client takes nothing from the PG variables', async () => {
  const { Client } = await import('pg')
  const names = ['PGHOST', 'PGPORT', 'PGUSER', 'PGDATABASE', 'PGPASSWORD', 'PGSSLMODE']
  const more = ['PGOPTIONS', 'PGAPPNAME', 'PGCLIENT_ENCODING', 'PGSSLNEGOTIATION']
  for (const name of [...names, ...more]) process.env[name] = 'require'
  try {
    const client = new Client(clientOptions(targetOfUrl('postgres://ann@h/d'), 'app'))
    expect(JSON.stringify(client)).not.toContain('require')
    expect(client).toMatchObject({ host: 'h', port: 5432, user: 'ann', database: 'd', ssl: false })
    expect(client).not.toHaveProperty('password', 'require')
  } finally {
    for (const name of [...names, ...more]) delete process.env[name]
  }
})

test('on a server of its own the hub brings its time limits along', () => {
  const options = clientOptions(targetOfUrl(URL_PLAIN), 'app')
  expect(options).toMatchObject({ statement_timeout: 30_000, lock_timeout: 5_000 })
})
