import { expect, test } from 'vitest'
import type { Actor } from '../../src/kernel/actor.ts'
import { toolsApi } from '../../src/tools/room.ts'
import { callOf, openVault, organisation, type VaultHub, writing } from './vault-house.ts'

const VALUE = 'correct horse battery staple'

const hub = openVault()
const fresh = async () => {
  const opened = await hub
  return { hub: opened, ...(await organisation(opened)) }
}

test('a stored secret shows its name, its end and a fingerprint, and never its value', async () => {
  const { run, say, ledger } = await fresh()
  const made = await run('tools.create_secret', { name: 'github', value: VALUE })
  expect(made).toMatchObject({ name: 'github', project: null, version: 1, last4: 'aple' })
  const other = await run('tools.create_secret', { name: 'short', value: 'hunter2' })
  expect(other.last4).toBeNull()
  const same = await run('tools.create_secret', { name: 'copy', value: VALUE })
  expect(same.fingerprint).toBe(made.fingerprint)
  expect(other.fingerprint).not.toBe(made.fingerprint)
  const { items, total } = await run('tools.list_secrets')
  expect([total, items.map(({ name }) => name)]).toEqual([3, ['copy', 'github', 'short']])
  expect(await say('tools.list_secrets')).toBe(
    'all copy v1 ..aple\nall github v1 ..aple\nall short v1',
  )
  const events = (await ledger()).filter(({ name }) => name === 'tools.secret_created')
  expect(events.map(({ parts }) => parts['content'])).toEqual([
    { name: 'github' },
    { name: 'short' },
    { name: 'copy' },
  ])
  expect(JSON.stringify(events)).not.toContain('horse')
})

test('lists go on where they ended', async () => {
  const { run } = await fresh()
  for (const name of ['c', 'a', 'b']) await run('tools.create_secret', { name, value: name })
  const first = await run('tools.list_secrets', { limit: 2 })
  const rest = await run('tools.list_secrets', { limit: 2, cursor: first.next })
  const names = [...first.items, ...rest.items].map(({ name }) => name)
  expect([names, rest.next]).toEqual([['a', 'b', 'c'], null])
})

test('a replaced value is gone, and all of a deleted secret', async () => {
  const { hub, orgId, run, refused, ledger } = await fresh()
  await run('tools.create_secret', { name: 'token', value: VALUE })
  const next = await run('tools.replace_secret', {
    name: 'token',
    value: 'another one',
    version: 1,
  })
  expect(next).toMatchObject({ version: 2, last4: null })
  expect(next.replacedAt).not.toBeNull()
  const late = await refused('tools.replace_secret', { name: 'token', value: 'x', version: 1 })
  expect([late.code, late.details]).toEqual(['tools.secret_changed', { version: 2 }])
  const kept = await hub.database.read(orgId)<{ version: number; sealed: string | null }>`
    select version, sealed from tools.secret_version where org_id = ${orgId} order by version`
  expect(kept.map(({ sealed }) => sealed === null)).toEqual([true, false])
  await run('tools.delete_secret', { name: 'token' })
  expect((await refused('tools.test_secret', { name: 'token' })).kind).toBe('not_found')
  const left = await hub.database.read(orgId)`
    select 1 from tools.secret_version where org_id = ${orgId}`
  expect(left).toEqual([])
  const names = (await ledger()).map(({ name }) => name).filter((name) => name.startsWith('tools.'))
  expect(names).toEqual(['tools.secret_created', 'tools.secret_replaced', 'tools.secret_deleted'])
})

test('a name is taken once in each place', async () => {
  const { run, refused } = await fresh()
  await run('work.create_project', { key: 'GH', name: 'Project' })
  await run('tools.create_secret', { name: 'a', value: 'one' })
  await run('tools.create_secret', { name: 'a', value: 'two', project: 'GH' })
  expect((await refused('tools.create_secret', { name: 'a', value: 'x' })).code).toBe(
    'tools.secret_exists',
  )
  await run('tools.delete_secret', { name: 'a', project: 'GH' })
  const { items } = await run('tools.list_secrets')
  expect(items).toMatchObject([{ name: 'a', project: null }])
})

test('a test tells a secret that was changed in the database', async () => {
  const { hub, orgId, run, ledger } = await fresh()
  for (const name of ['one', 'two'])
    await run('tools.create_secret', { name, value: `${name} ${VALUE}` })
  expect((await run('tools.test_secret', { name: 'one' })).ok).toBe(true)
  // Somebody puts the value of one secret in the place of the other.
  await writing(hub.database, orgId, async (sql) => {
    await sql`
      update tools.secret_version v
         set sealed = (select sealed from tools.secret_version o
                        where o.org_id = ${orgId} and o.secret_id <> v.secret_id)
       where v.org_id = ${orgId}`
  })
  expect((await run('tools.test_secret', { name: 'one' })).ok).toBe(false)
  const used = (await ledger()).filter(({ name }) => name === 'tools.secret_used')
  expect(used.map(({ data }) => data['purpose'])).toEqual(['test', 'test'])
})

test('agents and foreign organisations have no way to a secret', async () => {
  const { hub, run, refused } = await fresh()
  await run('work.create_project', { key: 'GH', name: 'Project' })
  await run('tools.create_secret', { name: 'x', value: VALUE })
  const made = await run('identity.create_agent', { name: 'bot', projects: ['GH'] })
  const agent = await hub.house.hall.authenticate(made.key)
  for (const [name, input] of [
    ['tools.create_secret', { name: 'y', value: 'z', project: 'GH' }],
    ['tools.replace_secret', { name: 'x', value: 'z' }],
    ['tools.delete_secret', { name: 'x' }],
    ['tools.rotate_keys', {}],
  ] as const) {
    expect([name, (await refused(name, input, agent)).kind]).toEqual([name, 'forbidden'])
  }
  const other = await organisation(hub)
  const unknown = await refused('tools.test_secret', { name: 'nothing' })
  const foreign = await other.refused('tools.test_secret', { name: 'x' })
  expect(foreign.message.replace('x', '?')).toBe(unknown.message.replace('nothing', '?'))
})

const usedBy = async (hub: VaultHub, orgId: string) =>
  hub.database.read(orgId)<{ data: { purpose: string } }>`
    select data from platform.outbox where org_id = ${orgId} and name = 'tools.secret_used'
    union all
    select data from platform.ledger where org_id = ${orgId} and name = 'tools.secret_used'`

test('what is used stands in the ledger before it is used, and is zeroed after', async () => {
  const { hub, orgId, owner, run } = await fresh()
  await run('tools.create_secret', { name: 'x', value: VALUE })
  const call = callOf(hub, owner)
  const purpose = { kind: 'egress', host: 'api.example.org' } as const
  let seen: Uint8Array = Buffer.of(1)
  const length = await hub.vault.use(
    { name: 'x', projectId: null },
    { purpose, lease: null, call },
    async (secret) => {
      seen = secret
      expect(Buffer.from(secret).toString()).toBe(VALUE)
      expect((await usedBy(hub, orgId)).map(({ data }) => data)).toMatchObject([
        { purpose: 'egress', host: 'api.example.org', secretVersion: 1, leaseId: null },
      ])
      return secret.length
    },
  )
  expect(length).toBe(VALUE.length)
  expect(seen.every((byte) => byte === 0)).toBe(true)
  expect(hub.hides.scrub(`sent ${VALUE}`)).toBe('sent [secret]')
  const { items } = await run('tools.list_secrets')
  expect(items).toMatchObject([{ name: 'x', usedAt: expect.stringMatching(/Z$/) }])
})

test('a failure of what uses a secret leaves it recorded and zeroed', async () => {
  const { hub, orgId, owner, run } = await fresh()
  await run('tools.create_secret', { name: 'x', value: VALUE })
  let seen: Uint8Array = Buffer.of(1)
  const failing = hub.vault.use(
    { name: 'x', projectId: null },
    { purpose: { kind: 'sign' }, lease: null, call: callOf(hub, owner) },
    async (secret) => {
      seen = secret
      throw new Error('The other side hung up.')
    },
  )
  await expect(failing).rejects.toThrow('The other side hung up.')
  expect(seen.every((byte) => byte === 0)).toBe(true)
  expect(await usedBy(hub, orgId)).toHaveLength(1)
})

const withClaim = async () => {
  const found = await fresh()
  const { hub, run } = found
  await run('work.create_project', { key: 'GH', name: 'Project' })
  await run('tools.create_secret', { name: 'x', value: VALUE })
  const made = await run('identity.create_agent', { name: 'bot', projects: ['GH'] })
  const keyed = await hub.house.hall.authenticate(made.key)
  const agent: Actor = { ...keyed, onBehalfOf: found.owner.id }
  await run('work.save_tasks', { project: 'GH', items: [{ title: 'One', status: 'Todo' }] })
  await run('work.claim_task', { key: 'GH-1' }, agent)
  const claimed = (await found.ledger()).find(({ name }) => name === 'work.task_claimed')
  if (!claimed) throw new Error('The task was not claimed.')
  const [taskId, fence] = [claimed.subject, Number(claimed.data['fence'])]
  const take = (callsMax: number, tools = ['issues']) =>
    hub.database.write(found.orgId, async (sql) => {
      const wish = { taskId, fence, connection: 'github', tools, callsMax }
      const words = { call: callOf(hub, agent), emit() {} }
      const api = toolsApi({ sql, orgId: found.orgId })
      return { value: await api.takeLease(wish, words), tail: [] }
    })
  const use = (lease: string | null, tool = 'issues', as = agent) =>
    hub.vault.use(
      { name: 'x', projectId: null },
      { purpose: { kind: 'egress', tool }, lease, call: callOf(hub, as) },
      async () => 'used',
    )
  return { ...found, agent, take, use, taskId }
}

test('an agent uses a secret as often and for what its lease says', async () => {
  const { hub, orgId, owner, take, use } = await withClaim()
  await expect(use(null)).rejects.toMatchObject({ code: 'tools.lease_needed' })
  const { id } = await take(2)
  await expect(use(id, 'deploy')).rejects.toMatchObject({ code: 'tools.lease_over' })
  await expect(use(id, 'issues', owner)).rejects.toMatchObject({ code: 'tools.lease_over' })
  const many = await Promise.allSettled(Array.from({ length: 10 }, () => use(id)))
  expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  expect(await usedBy(hub, orgId)).toHaveLength(2)
})

test('calls without a secret count against a lease as well', async () => {
  const { hub, orgId, agent, owner, take } = await withClaim()
  const { id } = await take(2)
  const count = (tool: string, as = agent) =>
    writing(hub.database, orgId, (sql) =>
      toolsApi({ sql, orgId }).countCall(id, tool, callOf(hub, as)),
    )
  expect(await count('issues')).toEqual({ left: 1 })
  await expect(count('deploy')).rejects.toMatchObject({ code: 'tools.lease_over' })
  await expect(count('issues', owner)).rejects.toMatchObject({ code: 'tools.lease_over' })
  expect(await count('issues')).toEqual({ left: 0 })
  await expect(count('issues')).rejects.toMatchObject({ code: 'tools.lease_over' })
})

test('a lease ends with the claim, and by itself after a while', async () => {
  const { hub, run, agent, take, use, ledger } = await withClaim()
  const first = await take(5)
  expect(await use(first.id)).toBe('used')
  await run('work.release_task', { key: 'GH-1', reason: 'later' })
  await ledger()
  await expect(use(first.id)).rejects.toMatchObject({ code: 'tools.lease_over' })
  // The fence of the claim before: what it takes now does not outlive its time either.
  const second = await take(5)
  expect(await use(second.id)).toBe('used')
  hub.turn(15 * 60_000 + 1)
  await expect(use(second.id)).rejects.toMatchObject({ code: 'tools.lease_over' })
  const expire = hub.house.pipeline.operations.get('tools.expire_leases')
  if (!expire) throw new Error('Leases do not expire.')
  const system = { ...agent, kind: 'system' as const }
  await hub.house.pipeline.run(expire, {}, { actor: system, door: 'job' })
  const ended = (await ledger()).filter(({ name }) => name === 'tools.lease_ended')
  expect(ended.map(({ data }) => [data['why'], data['calls']])).toEqual([
    ['claim_ended', 1],
    ['expired', 1],
  ])
})

test('what is kept of a person is given out without any value', async () => {
  const { hub, orgId, owner, agent, take } = await withClaim()
  await take(3)
  const { subject } = hub.room
  if ('none' in subject) throw new Error('The room keeps nothing.')
  const linesOf = async (id: string) => {
    const lines: unknown[] = []
    const ground = { sql: hub.database.read(orgId), orgId }
    for await (const line of subject.export(ground, id)) lines.push(line)
    return lines
  }
  const [own, agents] = [await linesOf(owner.id), await linesOf(agent.id)]
  expect([own.length, agents.length]).toEqual([2, 1])
  expect(JSON.stringify([own, agents])).not.toMatch(/horse|a256gcm/)
})
