import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide, type Held, holdsAnywhere, projectsWith, type Rights } from './access.ts'
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
const someRights: fc.Arbitrary<Rights> = fc.record({
  org: someHeld,
  projects: fc
    .array(fc.tuple(fc.constantFrom(...PROJECTS), someHeld))
    .map((pairs) => new Map(pairs)),
})
const someSet = (names: readonly string[]) => fc.subarray([...names]).map((some) => new Set(some))
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
        const list = projectsWith(rights, actor, permission)
        for (const projectId of PROJECTS) {
          const yes = decide(rights, actor, { permission, projectId }).reason === 'allowed'
          expect(list === null || list.includes(projectId)).toBe(yes)
        }
        expect(holdsAnywhere(rights, actor, permission)).toBe(list === null || list.length > 0)
      },
    ),
    { numRuns: 500 },
  )
})
