import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Refusal } from '../../src/kernel/refusal.ts'
import { asAdmin } from '../server.ts'
import { callOf, openVault, organisation } from './vault-house.ts'

// A secret is stored, used, replaced, tested, rotated and deleted, with every kind of mistake on
// the way. Then everything that was kept or said is looked through.

const canary = `CANARY${randomBytes(12).toString('hex')}`
const spellings = [
  canary,
  Buffer.from(canary).toString('hex'),
  ...['', 'x', 'xy'].map((before) =>
    Buffer.from(before + canary)
      .toString('base64')
      .slice(4, 4 + 24),
  ),
]
const expectNone = (what: string, text: string) => {
  for (const spelling of spellings) {
    const at = text.indexOf(spelling)
    const found = at < 0 ? 'nothing' : text.slice(Math.max(0, at - 60), at + 60)
    expect({ what, found }).toEqual({ what, found: 'nothing' })
  }
}

const saidOf = (error: unknown): string => {
  const fields = error instanceof Refusal ? JSON.stringify([error.code, error.details]) : ''
  const stack = error instanceof Error ? `${error.message}${error.stack}` : ''
  return [String(error), stack, fields, inspect(error, { depth: 10 }), JSON.stringify(error)].join()
}

const hub = openVault()

/** Runs an operation, also where it refuses, and looks through what it says. */
const heard = async (org: Awaited<ReturnType<typeof organisation>>) => {
  const said: string[] = []
  const ask = async (name: string, input: unknown, key?: string) => {
    const told = await org.run(name, input, undefined, key).then(
      (output: unknown) => JSON.stringify(output),
      (error: unknown) => saidOf(error),
    )
    expectNone(`${name} ${JSON.stringify(Object.keys(Object(input)))}`, told)
    said.push(told)
  }
  return { ask, said }
}

const value = `${canary} and more`

test('no answer, refusal, event, row or text of an error holds a secret', async () => {
  const opened = await hub
  const org = await organisation(opened)
  const { ask, said } = await heard(org)
  await ask('tools.create_secret', { name: 'a', value }, 'key-1')
  await ask('tools.create_secret', { name: 'a', value }, 'key-1')
  await ask('tools.create_secret', { name: 'a', value: `${value}!` }, 'key-1')
  await ask('tools.create_secret', { name: 'a', value })
  await ask('tools.create_secret', { name: 'b', value: [value] })
  await ask('tools.create_secret', { name: 'b', value: { value } })
  await ask('tools.create_secret', { name: 'b', value: value.repeat(2_000) })
  await ask('tools.create_secret', { name: 'b', value, [`x-${'y'.repeat(5)}`]: value })
  await ask('tools.create_secret', { name: 'b', value, project: 'NO' })
  await ask('tools.create_secret', { name: 'b', value, project: 7 })
  await ask('tools.create_secret', { value })
  await ask('tools.create_secret', { name: 'lone', value: `${value}\ud800` })
  await ask('tools.create_secret', { name: 'nul', value: `${value}\u0000` })
  await ask('tools.replace_secret', { name: 'a', value: `${value} 2` }, 'key-2')
  await ask('tools.replace_secret', { name: 'a', value, version: 1 })
  await ask('tools.replace_secret', { name: 'nobody', value })
  await ask('tools.test_secret', { name: 'a' })
  await ask('tools.list_secrets', {})
  const use = { purpose: { kind: 'egress' }, lease: null, call: callOf(opened, org.owner) } as const
  const failing = opened.vault.use({ name: 'a', projectId: null }, use, async (secret) => {
    throw new Error(`401 for ${Buffer.from(secret).toString()}`)
  })
  const failure: unknown = await failing.catch((error: unknown) => error)
  // What others throw may hold it: that is what the scrubber of every log and answer is for.
  expectNone('scrubbed', opened.hides.scrub(saidOf(failure)))
  expectNone('fields', inspect(opened.hides.scrubFields({ failure }), { depth: 10 }))
  const { id } = await org.run('tools.rotate_keys')
  const operation = opened.house.pipeline.operations.get('tools.continue_rotation')
  if (!operation) throw new Error('There is no rotation.')
  const system = { ...org.owner, kind: 'system' as const }
  for (let turn = 0; turn < 10; turn += 1) {
    await opened.house.pipeline.run(operation, {}, { actor: system, door: 'job' })
  }
  expect(await org.run('tools.get_rotation', { id })).toMatchObject({ state: 'done' })
  expectNone('ledger', JSON.stringify(await org.ledger()))
  expect(said.filter((one) => one.includes('"name":"a"')).length).toBeGreaterThanOrEqual(4)
  await crawl()
  await ask('tools.delete_secret', { name: 'a' })
  await crawl()
})

/** Looks through every column of every table of every schema, bytes too. */
const crawl = async () => {
  const { target } = await hub
  const looked = await asAdmin(target, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition
          and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
    )
    const counts: Record<string, number> = {}
    for (const { name } of rows) {
      const found = await client.query<{ line: string }>(`select t::text as line from ${name} t`)
      counts[name] = found.rows.length
      for (const { line } of found.rows) expectNone(name, line)
    }
    return counts
  })
  expect(looked['platform.idempotency']).toBeGreaterThan(0)
  expect(looked['platform.event_private']).toBeGreaterThan(0)
  expect(looked['platform.org_kek']).toBeGreaterThan(1)
  expect(looked['tools.key_rotation']).toBeGreaterThan(0)
}

test('the crawl finds a secret where there is one', async () => {
  const { target } = await hub
  await asAdmin(target, (client) =>
    client.query(`insert into platform.hub (name, value) values ('planted', $1)`, [canary]),
  )
  await expect(crawl()).rejects.toThrow('platform.hub')
  await asAdmin(target, (client) => client.query(`delete from platform.hub where name = 'planted'`))
})

test('only the keyring and the vault take plaintext out of what holds it', async () => {
  const may = ['src/platform/keyring/', 'src/tools/infrastructure/vault.ts']
  const breaches: string[] = []
  let seen = 0
  for await (const path of glob('src/**/*.ts')) {
    if (path.endsWith('.test.ts')) continue
    seen += 1
    const text = readFileSync(path, 'utf8')
    const reveals = /\breveal\b/.test(text) && text.includes('/sealed.ts')
    if (reveals && !may.some((place) => path.startsWith(place))) breaches.push(path)
  }
  expect(breaches).toEqual([])
  expect(seen).toBeGreaterThan(300)
})
