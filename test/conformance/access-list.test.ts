import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GrantTerms } from '../../src/identity/application/ports.ts'
import { grantStore } from '../../src/identity/infrastructure/grant-store.ts'
import { decide, projectsWith } from '../../src/kernel/access.ts'
import type { Actor } from '../../src/kernel/actor.ts'
import type { Permission } from '../../src/kernel/permission.ts'
import { bench } from '../bench.ts'

// Lists are filtered by SQL, single things by the decision: both must draw the same line, over
// grants as they are kept, teams and denies among them.

const WORLDS = 30
const SEED = 90_210
const KEYS = ['AA', 'BB', 'CC', 'DD']
const WORDS: readonly Permission[] = ['task:read', 'task:write', 'memory:read']

const someGrant = fc.record({
  holder: fc.constantFrom('ana', 'bot', 'team'),
  effect: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
  words: fc.subarray([...WORDS], { minLength: 1 }),
  place: fc.constantFrom('org', 'team', 'AA', 'BB', 'CC', 'AA/docs'),
  isOver: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
})
type SomeGrant = typeof someGrant extends fc.Arbitrary<infer T> ? T : never

const ground = async () => {
  const b = await bench()
  const ids = new Map<string, string>()
  for (const key of KEYS) {
    await b.given.project(key)
    const { id } = await b.database.read(b.orgId).one<{ id: string }>`
      select id from work.project where org_id = ${b.orgId} and key = ${key}`
    ids.set(key, id)
  }
  await b.run('identity.create_team', { key: 'core' })
  await b.run('identity.add_team_project', { team: 'core', project: 'BB' })
  await b.run('identity.add_team_project', { team: 'core', project: 'DD' })
  const person = await b.given.person('ana', 'viewer')
  const bot = await b.given.agent('bot', ['AA'])
  await b.run('identity.add_team_member', { team: 'core', handle: 'ana' })
  const { id: teamId } = await b.database.read(b.orgId).one<{ id: string }>`
    select id from identity.team where org_id = ${b.orgId}`
  return { b, ids, teamId, ana: person, bot: { ...bot, onBehalfOf: person.id } }
}

type World = Awaited<ReturnType<typeof ground>>

const termsOf = ({ b, ids, teamId, ana, bot }: World, one: SomeGrant): GrantTerms => {
  const [key = '', ...steps] = one.place.split('/')
  const path = steps.join('/')
  const kind = path === '' ? 'project' : 'namespace'
  const scope =
    one.place === 'org'
      ? ({ kind: 'org', id: b.orgId, path } as const)
      : one.place === 'team'
        ? ({ kind: 'team', id: teamId, path } as const)
        : ({ kind, id: ids.get(key) ?? '', path } as const)
  return {
    principalId: one.holder === 'team' ? null : one.holder === 'ana' ? ana.id : bot.id,
    teamId: one.holder === 'team' ? teamId : null,
    effect: one.effect === 'deny' ? 'deny' : 'allow',
    role: null,
    permissions: Object.fromEntries(one.words.map((word) => [word, null])),
    scope,
    condition: null,
    expiresAt: one.isOver ? Math.trunc(b.clock.now()) - 1_000 : null,
  }
}

/** Replaces every grant of both by those of a world. */
const plant = (world: World, grants: readonly SomeGrant[]) =>
  world.b.database.write(world.b.orgId, async (sql) => {
    const { orgId, owner, clock } = world.b
    await sql`delete from identity.grant where org_id = ${orgId} and principal_id is distinct from
      ${owner.id}`
    const store = grantStore({ sql, orgId })
    for (const one of grants) {
      await store.put(termsOf(world, one), { id: owner.id, at: clock.now() })
    }
    return { value: undefined, tail: [] }
  })

const linesDiffer = async (world: World, actor: Actor, permission: Permission) => {
  const { b, ids } = world
  const { orgId, database, clock } = b
  const now = clock.now()
  const sql = database.read(orgId)
  const behalf = actor.onBehalfOf
  const rights = await grantStore({ sql, orgId }).rights(actor.id, { now, behalf })
  const visible = projectsWith(rights, actor, { permission, now, all: [...ids.values()] })
  const listed = await sql<{ key: string }>`
    select key from work.project
     where org_id = ${orgId} and (${visible === null} or id = any(${visible ?? []}::uuid[]))
     order by key`
  const decided = KEYS.filter((key) => {
    const projectId = ids.get(key) ?? ''
    return decide(rights, actor, { permission, projectId, now }).reason === 'allowed'
  })
  return { listed: listed.map(({ key }) => key), decided }
}

test('a list shows just the projects in which the decision says yes', async () => {
  const world = await ground()
  await world.b.run(
    'identity.give_agent_delegation',
    { agent: 'bot', projects: ['AA', 'BB', 'CC'] },
    world.ana,
  )
  const seen = new Set<string>()
  const worlds = fc.sample(fc.array(someGrant, { maxLength: 8 }), { numRuns: WORLDS, seed: SEED })
  for (const grants of worlds) {
    await plant(world, grants)
    for (const actor of [world.ana, world.bot]) {
      for (const permission of WORDS) {
        const { listed, decided } = await linesDiffer(world, actor, permission)
        expect({ grants, permission, listed }).toEqual({ grants, permission, listed: decided })
        seen.add(listed.join())
      }
    }
  }
  // Everything, nothing, and several lists between them were met on the way.
  expect(seen.has('')).toBe(true)
  expect(seen.has(KEYS.join())).toBe(true)
  expect(seen.size).toBeGreaterThan(5)
}, 60_000)
