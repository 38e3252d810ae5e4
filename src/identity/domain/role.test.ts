import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Condition, decide, type Rights } from '../../kernel/access.ts'
import { type Actor, systemActor } from '../../kernel/actor.ts'
import { PERMISSIONS, type Permission } from '../../kernel/permission.ts'
import {
  boundRights,
  compileRights,
  customRole,
  lacking,
  placesOf,
  ROLE_KEYS,
  roleOf,
} from './role.ts'

const PROJECTS = ['p1', 'p2']
const PLACES = [null, ...PROJECTS]
const actor: Actor = { ...systemActor('org'), kind: 'person', handle: 'ana' }

const holds = fc
  .array(fc.tuple(fc.constantFrom(...PERMISSIONS), fc.constantFrom<Condition>(null, 'held')))
  .map((pairs) => new Map(pairs))
const granted = fc.array(fc.record({ holds, projectId: fc.constantFrom(...PLACES) }), {
  maxLength: 6,
})

const strength = (rights: Rights, permission: Permission, projectId: string | null): number => {
  const { reason, condition } = decide(rights, actor, { permission, projectId })
  if (reason !== 'allowed') return 0
  return condition === null ? 2 : 1
}

const everywhere = (check: (permission: Permission, projectId: string | null) => void) => {
  for (const permission of PERMISSIONS) for (const place of PLACES) check(permission, place)
}

const role = (key: string) => {
  const found = roleOf(key)
  if (!found) throw new Error(`There is a role ${key}.`)
  return found
}

test('rights are the union of what was given, whatever the order', () => {
  fc.assert(
    fc.property(granted, (given) => {
      const rights = compileRights(given)
      const turned = compileRights([...given].reverse())
      everywhere((permission, projectId) => {
        const strongest = Math.max(
          0,
          ...given
            .filter((one) => one.projectId === null || one.projectId === projectId)
            .map((one) => strength(compileRights([one]), permission, projectId)),
        )
        expect(strength(rights, permission, projectId)).toBe(strongest)
        expect(strength(turned, permission, projectId)).toBe(strongest)
      })
    }),
    { numRuns: 50 },
  )
})

test('bounded rights are the weaker of both, in every place', () => {
  fc.assert(
    fc.property(granted, granted, (mine, persons) => {
      const [own, bound] = [compileRights(mine), compileRights(persons)]
      const both = boundRights(own, bound)
      everywhere((permission, projectId) => {
        const weaker = Math.min(
          strength(own, permission, projectId),
          strength(bound, permission, projectId),
        )
        expect(strength(both, permission, projectId)).toBe(weaker)
      })
    }),
    { numRuns: 50 },
  )
})

test('nobody lacks what they hold, and everybody lacks what makes them stronger', () => {
  fc.assert(
    fc.property(granted, granted, (mine, wanted) => {
      const rights = compileRights(mine)
      for (const place of placesOf(rights)) expect(lacking({ rights, actor }, place)).toEqual([])
      for (const place of wanted) {
        const lacks = lacking({ rights, actor }, place)
        for (const [permission, condition] of place.holds) {
          const needed = condition === null ? 2 : 1
          const weak = strength(rights, permission, place.projectId) < needed
          expect(lacks.includes(permission)).toBe(weak)
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('a credential that is cut down lacks what it is cut off from', () => {
  const rights = compileRights([{ holds: role('owner').holds, projectId: null }])
  const narrow = { ...actor, scopes: new Set(['task:read']) }
  const given = { holds: role('readonly').holds, projectId: null }
  expect(lacking({ rights, actor }, given)).toEqual([])
  expect(lacking({ rights, actor: narrow }, given)).not.toContain('task:read')
  expect(lacking({ rights, actor: narrow }, given)).toContain('board:read')
})

test('an owner holds every permission, an administrator all but two', () => {
  expect([...role('owner').holds.keys()].sort()).toEqual([...PERMISSIONS].sort())
  const rest = PERMISSIONS.filter((word) => !role('admin').holds.has(word))
  expect(rest.sort()).toEqual(['backup:restore', 'org:delete'])
})

test('an agent writes the tasks it holds, and only in projects', () => {
  expect(role('agent').holds.get('task:write')).toBe('held')
  expect(role('agent').holds.get('task:claim')).toBeNull()
  expect(role('agent').scopes).toEqual(['project'])
})

test('nobody below an administrator changes members, roles or keys of others', () => {
  const low = ROLE_KEYS.filter((key) => key !== 'owner' && key !== 'admin')
  for (const key of low) {
    for (const word of ['member:write', 'role:write', 'org:write', 'secret:write'] as const) {
      expect(role(key).holds.has(word)).toBe(false)
    }
  }
})

test('a reader writes nothing and a viewer comments only', () => {
  const writes = (key: string) =>
    [...role(key).holds.keys()].filter((word) => !word.endsWith(':read'))
  expect(writes('readonly')).toEqual([])
  expect(writes('viewer')).toEqual(['comment:write'])
  expect(role('readonly').holds.has('ledger:read')).toBe(false)
})

test('a member holds what the plain agent role gives, so that its agents can work', () => {
  const rights = compileRights([{ holds: role('member').holds, projectId: null }])
  const given = { holds: role('agent').holds, projectId: 'p1' }
  expect(lacking({ rights, actor }, given)).toEqual([])
})

test('a custom role keeps known words with their condition and drops the rest', () => {
  const made = customRole('tester', 'Tester', {
    'task:write': 'held',
    'task:read': null,
    odd: null,
  })
  expect([...made.holds]).toEqual([
    ['task:write', 'held'],
    ['task:read', null],
  ])
})
