import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type GrantRow,
  type HolderRow,
  rightsOfRows,
} from '../../src/identity/infrastructure/rights-rows.ts'
import { decide, type Place, placeOf } from '../../src/kernel/access.ts'
import { type Actor, systemActor } from '../../src/kernel/actor.ts'
import { isPermission, PERMISSIONS } from '../../src/kernel/permission.ts'
import {
  type Holder,
  NAMESPACES,
  NEVER,
  oracleFor,
  PROJECTS,
  type Question,
  type World,
  type WorldGrant,
} from './access-cedar.ts'

const SEED = 41_075
const WORLDS = 80
const QUESTIONS = 60
const NOW = 10_000_000
const WORDS = ['task:read', 'task:write', 'task:delete', 'memory:write', ...NEVER]
const PLACES = ['org', 'team', ...PROJECTS, ...NAMESPACES]

type Scope = Pick<GrantRow, 'kind' | 'id' | 'path'>

const scopeOf = (place: string): Scope => {
  if (place === 'org' || place === 'team') return { kind: place, id: place, path: '' }
  const [id = '', ...steps] = place.split('/')
  const path = steps.join('/')
  return { kind: path === '' ? 'project' : 'namespace', id, path }
}

const someWords = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.boolean()), { minLength: 1, maxLength: 4 })
  .map((pairs) =>
    Object.fromEntries(
      pairs.map(([word, held]) => [word, held && word === 'task:write' ? 'held' : null]),
    ),
  )
const someCondition = fc.oneof(
  { arbitrary: fc.constant(null), weight: 5 },
  fc.constantFrom(
    { assigned: true } as const,
    { mfa_within_s: 60 },
    { addresses: ['10.0.0.0/8', 'fd00::/8'] },
    { mfa_within_s: 600, addresses: ['192.168.1.7'] },
    { assigned: true, mfa_within_s: 60 } as const,
  ),
)
const someGrant = fc
  .record({
    holder: fc.constantFrom<Holder>('ana', 'bot', 'team-x'),
    isDeny: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
    isOwner: fc.integer({ min: 0, max: 25 }).map((one) => one === 0),
    permissions: someWords,
    place: fc.constantFrom(...PLACES),
    condition: someCondition,
    expiresAt: fc.constantFrom(null, null, null, NOW, NOW + 1),
  })
  .map((one): Omit<WorldGrant, 'projects'> => {
    const { holder, isDeny, isOwner, permissions, place, condition, expiresAt } = one
    const team = place === 'team' ? 'team' : null
    const viaTeam = holder === 'team-x'
    if (isOwner && holder === 'ana') {
      const plain = { effect: 'allow', condition: null, expiresAt: null, viaTeam } as const
      return { ...plain, holder, role: 'owner', permissions: null, team: null, ...scopeOf('org') }
    }
    const effect = isDeny ? 'deny' : 'allow'
    const scope = { ...scopeOf(place), team }
    const under = isDeny ? null : condition
    return {
      holder,
      effect,
      viaTeam,
      role: null,
      permissions,
      condition: under,
      expiresAt,
      ...scope,
    }
  })

const someWorld: fc.Arbitrary<World> = fc
  .record({
    grants: fc.array(someGrant, { minLength: 2, maxLength: 12 }),
    members: fc.subarray<Holder>(['ana', 'bot']),
    teamProjects: fc.subarray(PROJECTS),
    delegation: fc.option(
      fc.record({
        scopes: fc.option(fc.subarray(WORDS, { minLength: 2 })),
        projectIds: fc.option(fc.subarray(PROJECTS, { minLength: 1 })),
        expiresAt: fc.constantFrom(null, NOW, NOW + 1),
      }),
    ),
  })
  .map(({ grants, members, ...rest }) => ({
    ...rest,
    members: new Set(members),
    grants: grants.map((one) => ({
      ...one,
      projects: one.kind === 'team' ? rest.teamProjects : null,
    })),
  }))

const someQuestion: fc.Arbitrary<Question> = fc.record({
  who: fc.constantFrom('ana', 'bot'),
  permission: fc.constantFrom(...WORDS),
  place: fc.constantFrom(...PLACES),
  now: fc.constant(NOW),
  address: fc.constantFrom(undefined, '10.1.2.3', '192.168.1.7', '192.168.1.8', 'fd00::1'),
  factorAge: fc.constantFrom(null, 0, 60_000, 60_001, 700_000),
  holds: fc.boolean(),
  scopes: fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, fc.subarray(WORDS)),
  projects: fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, fc.subarray(PROJECTS)),
})

/** Says a world as the statement that compiles rights would. */
const rowsOf = ({ grants, members, delegation }: World): readonly HolderRow[] =>
  (['ana', 'bot'] as const).map((who) => ({
    id: who,
    kind: who === 'ana' ? 'person' : 'agent',
    status: 'active',
    responsibleId: who === 'bot' ? 'ana' : null,
    grants: grants.filter(
      ({ holder }) => holder === who || (holder === 'team-x' && members.has(who)),
    ),
    delegation: who === 'ana' ? delegation : null,
  }))

const ours = (world: World): ((question: Question) => boolean) => {
  const rows = rowsOf(world)
  const rightsOf = {
    ana: rightsOfRows(rows.slice(0, 1), 'ana', { now: NOW }),
    bot: rightsOfRows(rows, 'bot', { now: NOW }),
  }
  return (question) => {
    const { who, permission, place, factorAge, address, now, holds } = question
    if (!isPermission(permission)) throw new Error(`${permission} is no permission.`)
    const actor: Actor = {
      ...systemActor('org'),
      id: who,
      kind: who === 'ana' ? 'person' : 'agent',
      handle: who,
      ...(factorAge !== null && { authTime: NOW - factorAge, amr: ['pwd', 'otp'] }),
      scopes: question.scopes && new Set(question.scopes),
      projects: question.projects && new Set(question.projects),
    }
    const asked = { ...namedPlace(place), permission, now, address }
    const { reason, condition } = decide(rightsOf[who], actor, asked)
    return reason === 'allowed' && (condition === null || holds)
  }
}

const namedPlace = (place: string): Place => {
  if (place === 'org') return { projectId: null }
  return place === 'team' ? { projectId: null, team: 'team' } : placeOf(place)
}

test('an engine of others decides every question about random worlds as we do', () => {
  const worlds = fc.sample(someWorld, { numRuns: WORLDS, seed: SEED })
  let allowed = 0
  for (const [at, world] of worlds.entries()) {
    const [mine, theirs] = [ours(world), oracleFor(world)]
    for (const question of fc.sample(someQuestion, { numRuns: QUESTIONS, seed: SEED + at })) {
      const [we, they] = [mine(question), theirs(question)]
      if (we !== they)
        expect({ world, question, said: we }).toEqual({ world, question, said: they })
      if (we) allowed += 1
    }
  }
  // A comparison in which everything is refused would prove little.
  expect(allowed).toBeGreaterThan(WORLDS * 3)
}, 60_000)

test('every permission of an owner is allowed by both, also where it is denied', () => {
  const grants: readonly WorldGrant[] = [
    grantOf({ role: 'owner' }),
    grantOf({ effect: 'deny', permissions: Object.fromEntries(PERMISSIONS.map((w) => [w, null])) }),
  ]
  const world = { grants, members: new Set<Holder>(), teamProjects: [], delegation: null }
  const [mine, theirs] = [ours(world), oracleFor(world)]
  for (const permission of PERMISSIONS) {
    const question: Question = {
      ...{ who: 'ana', permission, place: 'p1/docs', now: NOW, address: undefined },
      ...{ factorAge: null, holds: false, scopes: null, projects: null },
    }
    expect([mine(question), theirs(question)]).toEqual([true, true])
  }
})

const grantOf = (more: Partial<WorldGrant>): WorldGrant => ({
  ...{ holder: 'ana', effect: 'allow', viaTeam: false, role: null, permissions: null },
  ...{ ...scopeOf('org'), team: null, projects: null, condition: null, expiresAt: null },
  ...more,
})
