import { randomFillSync } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { asAdmin, dropDatabase } from '../../../test/server.ts'
import type { Actor } from '../../kernel/actor.ts'
import { idMaker } from '../../kernel/id.ts'
import { type Database, openDatabase } from '../../platform/database.ts'
import { quietLog } from '../../platform/log.ts'
import { migrate } from '../../platform/migrate.ts'
import { type Pipeline, pipeline } from '../../platform/pipeline/pipeline.ts'
import { clientOptions } from '../../platform/postgres/target.ts'
import { waiters } from '../../platform/pipeline/waiters.ts'
import { type AccessSource, accessSource } from '../infrastructure/access-source.ts'
import { firstRun } from '../infrastructure/first-run.ts'
import { identityApi } from '../infrastructure/identity-api.ts'
import { identityRoom } from '../room.ts'

const NAME = `identity_operations_${process.pid}`
const random = (bytes: Uint8Array) => randomFillSync(bytes)
const newId = idMaker(Date.now, random)
const server = inject('target')
// The work room is not part of these tests; two projects are all that it would say.
const IDS = new Map([
  ['GH', newId<'project'>()],
  ['WEB', newId<'project'>()],
])
const work = () => ({
  projectIds: async (keys: readonly string[]) =>
    new Map([...IDS].filter(([key]) => keys.includes(key))),
  allProjectIds: async () => [...IDS.values()],
  heldClaims: async () => [],
  taskIds: async () => new Map(),
  projectKeys: async (ids: readonly string[]) =>
    new Map([...IDS].filter(([, id]) => ids.includes(id)).map(([key, id]) => [id, key])),
})
const room = identityRoom({ work, subjects: () => [] })

let database: Database
let access: AccessSource
let hall: Pipeline
let ownerKey = ''
let orgId = ''

beforeAll(async () => {
  const target = { ...server, database: NAME }
  await asAdmin(server, async (client) => {
    await client.query(`create database ${NAME} template template0`)
  })
  const folders = [
    { room: 'platform', folder: new URL('../../platform/migrations/', import.meta.url) },
    { room: 'identity', folder: room.migrations },
  ]
  await migrate(clientOptions(target, 'admin'), folders, { rls: true, now: Date.now() })
  database = openDatabase({ client: clientOptions(target, 'app'), rls: true, log: () => {} })
  access = accessSource({ database, now: Date.now, fresh: () => true })
  const write = async () => {}
  const first = await firstRun({ database, now: Date.now, newId, random, write })
  ownerKey = first.key ?? ''
  orgId = first.orgId
  hall = pipeline({
    database,
    rooms: [room],
    access: {
      rightsOf: (actor) => access.rightsOf(actor),
      projectId: (_, key) => IDS.get(key) ?? null,
      orgOf: async () => orgId,
    },
    take: () => null,
    guard: (actor) => actor,
    refusals: { note() {} },
    now: Date.now,
    log: quietLog(),
    waiters: waiters(),
    closed: () => null,
    committed(org, happened) {
      access.forget(
        org,
        happened.map(({ name }) => name),
      )
      hall.stir(org)
    },
  })
})

afterAll(async () => {
  await database.stop()
  await dropDatabase(server, NAME)
})

const operationOf = (name: string) => {
  const found = room.operations.find((one) => one.name === `identity.${name}`)
  if (!found) throw new Error(`There is an operation ${name}.`)
  return found
}

const asWho = async (key: string): Promise<Actor> => access.authenticate(key)

/** Runs an operation with a key, as a door would. */
const run = async (key: string, name: string, input: unknown = {}) =>
  hall.run(operationOf(name), input, { actor: await asWho(key), door: 'http' })

const ask = async (key: string, name: string, input?: unknown): Promise<Record<string, unknown>> =>
  Object({ ...Object((await run(key, name, input)).output) })

/** Gives the code of the refusal that an operation ends with. */
const refusal = async (key: string, name: string, input?: unknown): Promise<unknown> =>
  ask(key, name, input).then(
    () => 'no refusal',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

const outcomeOf = async (key: string): Promise<unknown> => {
  try {
    return (await asWho(key)).handle
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

let count = 0
const person = async (role: string) => {
  const handle = `person-${(count += 1)}`
  const { key } = await ask(ownerKey, 'create_person', { handle, role })
  return { handle, key: String(key) }
}
const agent = async (by = ownerKey, more: Record<string, unknown> = {}) => {
  const handle = `agent-${(count += 1)}`
  const { key } = await ask(by, 'create_agent', { name: handle, projects: ['GH'], ...more })
  return { handle, key: String(key) }
}

const lastEvents = async (limit: number) => {
  const rows = await database.system(
    (sql) => sql<{ name: string; data: Record<string, unknown> }>`
      select name, data from platform.outbox where org_id = ${orgId}
       order by ord desc limit ${limit}`,
  )
  return [...rows].reverse()
}

test('the owner is told who they are and that they may do everything', async () => {
  const answer = await run(ownerKey, 'who_am_i')
  expect(answer.output).toMatchObject({
    handle: 'owner',
    kind: 'person',
    organisation: { slug: 'main', name: 'Guildhall' },
    projects: [],
  })
  expect(answer.text()).toContain('@owner, person in Guildhall')
})

test('a new agent gets one key that lets in, and its rights end at its projects', async () => {
  const answer = await run(ownerKey, 'create_agent', { name: 'Builder 1', projects: ['GH'] })
  expect(answer.output).toMatchObject({ handle: 'builder-1', projects: ['GH'], role: 'agent' })
  const { key } = Object(answer.output)
  expect(answer.text()).toContain(key)
  const me = await ask(key, 'who_am_i')
  expect(me).toMatchObject({ handle: 'builder-1', kind: 'agent', permissions: [] })
  expect(me['projects']).toMatchObject([{ key: 'GH' }])
  expect(await asWho(key)).toMatchObject({ onBehalfOf: (await asWho(ownerKey)).id })
})

test('making an agent leaves one event for it, its role and its key, without names', async () => {
  const { handle } = await agent()
  const events = await lastEvents(3)
  expect(events.map(({ name }) => name)).toEqual([
    'identity.principal_added',
    'identity.grant_given',
    'identity.key_issued',
  ])
  expect(JSON.stringify(events)).not.toContain(handle)
  expect(JSON.stringify(events)).not.toContain('guild_a_')
})

test('no text for agents holds a UUID', async () => {
  const { handle } = await agent()
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-/
  for (const [name, input] of [
    ['who_am_i', {}],
    ['list_agents', {}],
    ['get_agent', { id: handle }],
    ['create_agent', { name: `${handle}-b`, projects: ['GH', 'WEB'], skills: ['rust'] }],
    ['list_principals', {}],
    ['list_keys', {}],
  ] as const) {
    expect((await run(ownerKey, name, input)).text()).not.toMatch(uuid)
  }
})

test('a name that is taken and a project that is unknown are refused', async () => {
  const { handle } = await agent()
  const again = { name: handle, projects: ['GH'] }
  expect(await refusal(ownerKey, 'create_agent', again)).toBe('identity.handle_taken')
  const nowhere = { name: 'lost', projects: ['NOPE'] }
  expect(await refusal(ownerKey, 'create_agent', nowhere)).toBe('platform.not_found')
})

test('an agent makes no agents, keys or grants', async () => {
  const { key, handle } = await agent()
  const made = { name: 'child', projects: ['GH'] }
  expect(await refusal(key, 'create_agent', made)).toBe('identity.not_allowed')
  expect(await refusal(key, 'create_key', { name: 'more' })).toBe('identity.not_allowed')
  const grant = { handle, role: 'lead', project: 'GH' }
  expect(await refusal(key, 'give_role', grant)).toBe('identity.not_allowed')
})

test('an agent sees the agents of its own projects only', async () => {
  const here = await agent()
  const there = await agent(ownerKey, { projects: ['WEB'] })
  const { items } = Object(await ask(here.key, 'list_agents', { limit: 100 }))
  const names = items.map(({ handle }: { handle: string }) => handle)
  expect(names).toContain(here.handle)
  expect(names).not.toContain(there.handle)
  expect(await refusal(here.key, 'get_agent', { id: there.handle })).toBe('platform.not_found')
  expect(await ask(here.key, 'get_agent', { id: `@${here.handle}` })).toMatchObject({
    seatLimit: 3,
    projects: ['GH'],
    responsible: 'owner',
  })
})

test('a list of agents is read page by page', async () => {
  await agent()
  await agent()
  const seen: string[] = []
  let cursor: string | undefined
  let total = 0
  do {
    const page = Object(await ask(ownerKey, 'list_agents', { limit: 2, ...(cursor && { cursor }) }))
    seen.push(...page.items.map(({ handle }: { handle: string }) => handle))
    total = page.total
    cursor = page.next ?? undefined
  } while (cursor)
  expect(seen).toEqual([...new Set(seen)].sort())
  expect(seen).toHaveLength(total)
})

test('a member makes own agents, and they stop when the member is suspended', async () => {
  const member = await person('member')
  const made = await agent(member.key)
  expect(await outcomeOf(made.key)).toBe(made.handle)
  await ask(ownerKey, 'suspend_principal', { handle: member.handle })
  expect(await outcomeOf(member.key)).toBe('identity.key_not_valid')
  expect(await outcomeOf(made.key)).toBe('identity.key_not_valid')
  await ask(ownerKey, 'activate_principal', { handle: member.handle })
  expect(await outcomeOf(made.key)).toBe(made.handle)
})

test('an agent loses what its person loses', async () => {
  const member = await person('member')
  const made = await agent(member.key)
  await ask(ownerKey, 'give_role', { handle: member.handle, role: 'viewer' })
  await ask(ownerKey, 'take_role', { handle: member.handle, role: 'member' })
  const { projects: held } = Object(await ask(made.key, 'who_am_i'))
  expect(held[0].permissions).toContain('task:read')
  expect(held[0].permissions).not.toContain('task:claim')
})

test('nobody gives what they lack', async () => {
  const member = await person('member')
  const lead = { name: 'lead-bot', projects: ['GH'], role: 'lead' }
  const more = 'identity.more_than_you_have'
  expect(await refusal(member.key, 'create_agent', lead)).toBe(more)
  const admin = await person('admin')
  const owner = { handle: member.handle, role: 'owner' }
  expect(await refusal(admin.key, 'give_role', owner)).toBe(more)
  expect(await refusal(admin.key, 'take_role', { handle: 'owner', role: 'owner' })).toBe(more)
  expect(await refusal(admin.key, 'create_key', { name: 'x', principal: 'owner' })).toBe(more)
  expect(await refusal(admin.key, 'suspend_principal', { handle: 'owner' })).toBe(more)
  expect(await ask(admin.key, 'give_role', { handle: member.handle, role: 'auditor' })).toEqual({
    handle: member.handle,
    role: 'auditor',
    project: null,
  })
})

test('a key that is cut down makes no wider key', async () => {
  const scopes = ['key:write', 'task:read']
  const narrow = { name: 'narrow', scopes, projects: ['GH'] }
  const { key } = Object(await ask(ownerKey, 'create_key', narrow))
  const more = 'identity.more_than_you_have'
  const here = { name: 'b', projects: ['GH'] }
  expect(await refusal(key, 'create_key', here)).toBe(more)
  const wide = { name: 'a', scopes: ['task:read'] }
  expect(await refusal(key, 'create_key', wide)).toBe(more)
  const other = { ...here, scopes: ['task:read', 'task:write'] }
  expect(await refusal(key, 'create_key', other)).toBe(more)
  const maker = { name: 'maker', scopes: ['agent:write', 'task:read'] }
  const { key: makers } = Object(await ask(ownerKey, 'create_key', maker))
  expect(await refusal(makers, 'create_agent', { name: 'wide', projects: ['GH'] })).toBe(more)
  const made = Object(await ask(key, 'create_key', { ...here, scopes: ['task:read'] }))
  expect(await ask(made.key, 'who_am_i')).toMatchObject({
    permissions: [],
    projects: [{ key: 'GH', permissions: ['task:read'] }],
  })
})

test('a revoked key lets nobody in any more, and only its people may revoke it', async () => {
  const member = await person('member')
  const stranger = await person('member')
  const { id, key } = Object(await ask(member.key, 'create_key', { name: 'laptop' }))
  expect(await outcomeOf(key)).toBe(member.handle)
  expect(await refusal(stranger.key, 'revoke_key', { id })).toBe('platform.not_found')
  const foreign = { name: 'x', principal: member.handle }
  expect(await refusal(stranger.key, 'create_key', foreign)).toBe('platform.not_found')
  await ask(member.key, 'revoke_key', { id })
  expect(await outcomeOf(key)).toBe('identity.key_not_valid')
  expect((await lastEvents(1))[0]).toMatchObject({ name: 'identity.key_revoked' })
})

test("a list of keys shows one's own and those of one's agents, never a secret", async () => {
  const member = await person('member')
  const made = await agent(member.key)
  const answer = await run(member.key, 'list_keys')
  const { items } = Object(answer.output)
  const holders = items.map(({ principal }: { principal: string }) => principal)
  expect(holders).toEqual([made.handle, member.handle])
  expect(JSON.stringify(answer.output)).not.toContain(made.key.slice(-49))
  expect(answer.text()).toContain('in force')
})

test('the last active owner stays', async () => {
  const last = 'identity.last_owner'
  expect(await refusal(ownerKey, 'take_role', { handle: 'owner', role: 'owner' })).toBe(last)
  expect(await refusal(ownerKey, 'suspend_principal', { handle: 'owner' })).toBe(last)
})

test('of two owners who leave at the same time one stays', async () => {
  const second = await person('owner')
  const left = await Promise.all([
    refusal(ownerKey, 'take_role', { handle: 'owner', role: 'owner' }),
    refusal(second.key, 'take_role', { handle: second.handle, role: 'owner' }),
  ])
  expect(new Set(left)).toEqual(new Set(['identity.last_owner', 'no refusal']))
  if (left[0] === 'no refusal') {
    await ask(second.key, 'give_role', { handle: 'owner', role: 'owner' })
    await ask(ownerKey, 'take_role', { handle: second.handle, role: 'owner' })
  }
})

test('an agent gets roles in projects only, and a project role holds in its project', async () => {
  const made = await agent()
  const wide = { handle: made.handle, role: 'viewer' }
  expect(await refusal(ownerKey, 'give_role', wide)).toBe('identity.agents_act_in_projects')
  const owner = { handle: made.handle, role: 'owner', project: 'GH' }
  expect(await refusal(ownerKey, 'give_role', owner)).toBe('identity.role_not_for_scope')
  await ask(ownerKey, 'give_role', { handle: made.handle, role: 'developer', project: 'WEB' })
  const { projects: held } = Object(await ask(made.key, 'who_am_i'))
  expect(held.map(({ key }: { key: string }) => key).sort()).toEqual(['GH', 'WEB'])
})

test('a role that nobody knows is refused by the nearest name', async () => {
  const given = ask(ownerKey, 'give_role', { handle: 'owner', role: 'membr' })
  await expect(given).rejects.toThrow('Did you mean "member"?')
})

test('a role of the organisation gives what its row says', async () => {
  const guest = await person('viewer')
  await database.write(orgId, async (sql) => {
    await sql`
      insert into identity.role (org_id, key, name, permissions)
      values (${orgId}, 'tester', 'Tester', '{"task:delete": null}')`
    return { value: undefined, tail: [] }
  })
  await ask(ownerKey, 'give_role', { handle: guest.handle, role: 'tester', project: 'GH' })
  expect(await ask(guest.key, 'who_am_i')).toMatchObject({
    projects: [{ key: 'GH', permissions: ['task:delete'] }],
  })
})

test('the list of principals shows people with names and roles', async () => {
  const input = { handle: 'zoe', name: 'Zoe Z', email: 'zoe@example.org', role: 'viewer' }
  await ask(ownerKey, 'create_person', input)
  const { items } = Object(await ask(ownerKey, 'list_principals', { kind: 'person', limit: 100 }))
  expect(items.at(-1)).toMatchObject({
    handle: 'zoe',
    name: 'Zoe Z',
    email: 'zoe@example.org',
    roles: [{ role: 'viewer', project: null }],
  })
  const [added] = await lastEvents(3)
  expect(JSON.stringify(added)).not.toContain('zoe')
})

test('placeholders are made once and found by the names of the other system', async () => {
  const names = ['Kim Doe', 'kim doe', 'owner', '???']
  const events: string[] = []
  const actor = await asWho(ownerKey)
  const ensure = () =>
    database.write(orgId, async (sql) => {
      const api = identityApi({ sql, orgId })
      const call = callOf(actor)
      const emit = ({ name }: { name: string }) => void events.push(name)
      return { value: await api.ensurePlaceholders(names, { call, emit }), tail: [] }
    })
  const first = await ensure()
  expect([...first.keys()].sort()).toEqual(['Kim Doe', 'kim doe', 'owner'])
  expect(first.get('Kim Doe')).toEqual({
    id: expect.any(String),
    kind: 'person',
    handle: 'kim-doe',
  })
  expect(await ensure()).toEqual(first)
  expect(events).toEqual(['identity.principal_added'])
  const api = identityApi({ sql: database.read(orgId), orgId })
  const id = first.get('Kim Doe')?.id ?? ''
  expect((await api.handles([id, newId()])).get(id)).toEqual({ handle: 'kim-doe', kind: 'person' })
  expect(await api.profile(id)).toEqual({ skills: [], seatLimit: null })
  expect((await api.byHandle(['@kim-doe', 'nobody'])).size).toBe(1)
})

const callOf = (actor: Actor) => ({
  actor,
  door: 'http' as const,
  now: Date.now(),
  newId,
  random,
  deadline: Date.now() + 1000,
  signal: new AbortController().signal,
  trace: '0'.repeat(32),
  idempotencyKey: null,
})
