import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decide,
  type Denied,
  type Held,
  holdsAnywhere,
  lasts,
  type Place,
  placeKey,
  placeOf,
  projectsWith,
  type Rights,
} from './access.ts'
import { type Actor, type ActorKind, systemActor } from './actor.ts'
import { type Permission, PERMISSIONS } from './permission.ts'

const ORG = '01930000-0000-7000-8000-000000000001'

const actorOf = (more: Partial<Actor> = {}): Actor => ({
  ...systemActor(ORG),
  kind: 'person',
  handle: 'ana',
  ...more,
})

const held = (...words: Permission[]): Held => new Map(words.map((word) => [word, null]))
const NOTHING: Rights = { org: new Map(), projects: new Map() }
const wide: Rights = { org: held('task:write'), projects: new Map() }
const inP1: Rights = { org: new Map(), projects: new Map([['p1', held('task:write')]]) }
const heldInP1: Rights = {
  org: new Map(),
  projects: new Map([['p1', new Map([['task:write', 'held'] as const])]]),
}

test.each<[string, Rights, Partial<Actor>, string | null, string]>([
  ['nothing granted', NOTHING, {}, 'p1', 'no_grant'],
  ['granted for the organisation', wide, {}, 'p1', 'allowed'],
  ['granted for the organisation, asked for it', wide, {}, null, 'allowed'],
  ['granted in the project', inP1, {}, 'p1', 'allowed'],
  ['granted in another project', inP1, {}, 'p2', 'no_grant'],
  ['granted in a project, asked for the organisation', inP1, {}, null, 'no_grant'],
  ['cut away by scopes', wide, { scopes: new Set(['task:read']) }, 'p1', 'scope_lacks'],
  ['left by scopes', wide, { scopes: new Set(['task:write']) }, 'p1', 'allowed'],
  ['cut away by projects', wide, { projects: new Set(['p2']) }, 'p1', 'scope_lacks'],
  ['left by projects', wide, { projects: new Set(['p1']) }, 'p1', 'allowed'],
  ['cut to a project, asked for all', wide, { projects: new Set(['p1']) }, null, 'scope_lacks'],
  ['scoped without a grant', NOTHING, { scopes: new Set(['task:write']) }, 'p1', 'no_grant'],
  ['the hub itself', NOTHING, { kind: 'system' }, null, 'allowed'],
])('%s: the decision is as written', (_, rights, actor, projectId, reason) => {
  const decision = decide(rights, actorOf(actor), { permission: 'task:write', projectId })
  expect(decision.reason).toBe(reason)
})

test('a condition holds only where no grant is free of it', () => {
  const asked = { permission: 'task:write', projectId: 'p1' } as const
  expect(decide(heldInP1, actorOf(), asked)).toEqual({ reason: 'allowed', condition: 'held' })
  const both = { org: wide.org, projects: heldInP1.projects }
  expect(decide(both, actorOf(), asked)).toEqual({ reason: 'allowed', condition: null })
})

test.each<Permission>([
  'approval:decide',
  'context:accept',
  'grant:write',
  'key:write',
  'role:write',
  'org:delete',
])('an agent may never %s, whatever it was granted', (permission) => {
  const rights = { org: held(...PERMISSIONS), projects: new Map([['p1', held(...PERMISSIONS)]]) }
  const agent = actorOf({ kind: 'agent' })
  for (const projectId of [null, 'p1']) {
    const decision = decide(rights, agent, { permission, projectId })
    expect(decision.reason).toBe('never_for_agents')
  }
  expect(holdsAnywhere(rights, agent, permission)).toBe(false)
})

const words: readonly Permission[] = ['task:read', 'task:write', 'task:claim', 'key:write']
const PROJECTS = ['p1', 'p2', 'p3']
const someHeld = fc
  .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(null, 'held' as const)))
  .map((pairs): Held => new Map(pairs))
const someSet = (names: readonly string[]) => fc.subarray([...names]).map((some) => new Set(some))
const someDenied: fc.Arbitrary<Denied> = fc.record({
  org: fc.subarray([...words]).map((some) => new Set(some)),
  at: fc
    .array(
      fc.tuple(
        fc.constantFrom(...PROJECTS),
        fc.subarray([...words]).map((some) => new Set(some)),
      ),
    )
    .map((pairs) => new Map(pairs)),
})
const plainRights: fc.Arbitrary<Rights> = fc
  .record({
    org: someHeld,
    projects: fc
      .array(fc.tuple(fc.constantFrom(...PROJECTS), someHeld))
      .map((pairs) => new Map(pairs)),
    denied: fc.option(someDenied, { nil: undefined }),
  })
  .map(({ denied, ...rights }) => ({ ...rights, ...(denied && { denied }) }))
const someRights: fc.Arbitrary<Rights> = fc
  .tuple(
    plainRights,
    fc.option(
      fc.record({
        rights: plainRights,
        scopes: fc.option(someSet(words)),
        projects: fc.option(someSet(PROJECTS)),
      }),
    ),
  )
  .map(([rights, bound]) => (bound === null ? rights : { ...rights, bounds: [bound] }))
const someKind = fc.constantFrom<ActorKind>('person', 'service', 'agent')
const place = fc.constantFrom(null, ...PROJECTS)

test('scopes and projects of a key only narrow', () => {
  const cut = fc.record({ scopes: someSet(words), projects: someSet(PROJECTS) })
  fc.assert(
    fc.property(
      someRights,
      fc.record({ kind: someKind, cut, permission: fc.constantFrom(...words), projectId: place }),
      (rights, { kind, cut: { scopes, projects }, permission, projectId }) => {
        const asked = { permission, projectId }
        const full = decide(rights, actorOf({ kind }), asked).reason === 'allowed'
        for (const less of [{ scopes }, { projects }, { scopes, projects }]) {
          const allowed = decide(rights, actorOf({ kind, ...less }), asked).reason === 'allowed'
          if (allowed) expect(full).toBe(true)
          if (allowed && 'scopes' in less) expect(scopes.has(permission)).toBe(true)
          if (allowed && 'projects' in less) expect(projects.has(projectId ?? '')).toBe(true)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('the list of projects holds just those in which the decision says yes', () => {
  fc.assert(
    fc.property(
      someRights,
      fc.record({ kind: someKind, projects: fc.option(someSet(PROJECTS)) }),
      fc.constantFrom(...words),
      (rights, more, permission) => {
        const actor = actorOf(more)
        const list = projectsWith(rights, actor, { permission, all: PROJECTS })
        for (const projectId of PROJECTS) {
          const yes = decide(rights, actor, { permission, projectId }).reason === 'allowed'
          expect(list === null || list.includes(projectId)).toBe(yes)
        }
        const wide = decide(rights, actor, { permission, projectId: null }).reason === 'allowed'
        const anywhere = list === null || list.length > 0 || wide
        expect(holdsAnywhere(rights, actor, permission)).toBe(anywhere)
        const blind = projectsWith(rights, actor, permission)
        expect((blind ?? []).every((id) => list === null || list.includes(id))).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

const denying = (
  org: readonly Permission[],
  at: Readonly<Record<string, readonly Permission[]>>,
) => {
  const places = Object.entries(at).map(([key, all]): [string, Set<Permission>] => [
    key,
    new Set(all),
  ])
  return { org: new Set(org), at: new Map(places) } satisfies Denied
}

const deep: Rights = {
  org: held('task:read'),
  projects: new Map([['p1', held('memory:read')]]),
  elsewhere: new Map([
    ['team:core', held('grant:write')],
    ['p1/docs', held('memory:write')],
  ]),
  denied: denying([], { p2: ['task:read'], 'p1/docs/secret': ['memory:write'] }),
}

test.each<[Permission, Place, string]>([
  ['memory:write', placeOf('p1/docs'), 'allowed'],
  ['memory:write', placeOf('p1/docs/api/v1'), 'allowed'],
  ['memory:write', placeOf('p1/docs/secret'), 'denied'],
  ['memory:write', placeOf('p1/docs/secret/deep'), 'denied'],
  ['memory:write', placeOf('p1/docsx'), 'no_grant'],
  ['memory:write', placeOf('p1'), 'no_grant'],
  ['memory:write', placeOf('p2/docs'), 'no_grant'],
  ['memory:read', placeOf('p1/docs'), 'allowed'],
  ['task:read', placeOf('p1/docs'), 'allowed'],
  ['task:read', placeOf('p2'), 'denied'],
  ['task:read', placeOf('p2/docs'), 'denied'],
  ['task:read', placeOf('team:core'), 'allowed'],
  ['grant:write', placeOf('team:core'), 'allowed'],
  ['grant:write', placeOf('team:other'), 'no_grant'],
  ['grant:write', { projectId: null }, 'no_grant'],
])('%s in %o of a chain: %s', (permission, at, reason) => {
  expect(decide(deep, actorOf(), { ...at, permission }).reason).toBe(reason)
})

test('a place is named and read back', () => {
  for (const key of ['p1', 'p1/a/b', 'team:core']) expect(placeKey(placeOf(key))).toBe(key)
})

test.each<[string, Partial<Actor>, Partial<Rights>, string]>([
  ['a stranger', { kind: 'stranger' }, {}, 'no_grant'],
  ['an unfinished sign-in', { stage: 'factor' }, {}, 'no_grant'],
  ['somebody suspended', {}, { suspended: true }, 'suspended'],
  ['who is denied it', {}, { denied: denying(['task:write'], {}) }, 'denied'],
  ['who had it', {}, { org: new Map(), expired: wide }, 'expired'],
  [
    'whose test fails',
    {},
    { org: new Map(), tested: [{ holds: held('task:write'), at: null, test: () => false }] },
    'condition',
  ],
  [
    'whose test passes',
    {},
    { org: new Map(), tested: [{ holds: held('task:write'), at: null, test: () => true }] },
    'allowed',
  ],
  [
    'who is bound by nothing',
    {},
    { bounds: [{ rights: NOTHING, scopes: null, projects: null }] },
    'delegator_lacks',
  ],
  [
    'whose delegation is over',
    {},
    { bounds: [{ rights: wide, scopes: null, projects: null, over: true }] },
    'expired',
  ],
  [
    'whose delegation leaves it out',
    {},
    { bounds: [{ rights: wide, scopes: new Set(['task:read']), projects: null }] },
    'delegator_lacks',
  ],
  [
    'whose person is suspended',
    {},
    { bounds: [{ rights: { ...wide, suspended: true }, scopes: null, projects: null }] },
    'suspended',
  ],
  [
    'whose person is denied it',
    {},
    {
      bounds: [
        {
          rights: { ...wide, denied: denying([], { p1: ['task:write'] }) },
          scopes: null,
          projects: null,
        },
      ],
    },
    'delegator_lacks',
  ],
])('%s is answered as written', (_, actor, rights, reason) => {
  const asked = { permission: 'task:write', projectId: 'p1' } as const
  expect(decide({ ...wide, ...rights }, actorOf(actor), asked).reason).toBe(reason)
})

test('who is denied single projects is listed all others, as far as they are known', () => {
  const rights = { ...wide, denied: denying([], { p2: ['task:write'] }) }
  expect(projectsWith(rights, actorOf(), { permission: 'task:write', all: PROJECTS })).toEqual([
    'p1',
    'p3',
  ])
  expect(projectsWith(rights, actorOf(), 'task:write')).toEqual([])
  expect(holdsAnywhere(rights, actorOf(), 'task:write')).toBe(true)
})

test('a permission in a team or a namespace alone is held somewhere', () => {
  expect(holdsAnywhere(deep, actorOf(), 'grant:write')).toBe(true)
  expect(holdsAnywhere(deep, actorOf(), 'memory:write')).toBe(true)
  expect(holdsAnywhere(deep, actorOf(), 'org:write')).toBe(false)
})

test('rights that end or are tested do not last, nor do those of whoever bounds them', () => {
  const bound = (rights: Rights) => ({ rights, scopes: null, projects: null })
  expect(lasts(deep)).toBe(true)
  expect(lasts({ ...wide, until: 5 })).toBe(false)
  expect(lasts({ ...wide, tested: [] })).toBe(false)
  expect(lasts({ ...wide, bounds: [bound(wide)] })).toBe(true)
  expect(lasts({ ...wide, bounds: [bound({ ...wide, until: 5 })] })).toBe(false)
})
