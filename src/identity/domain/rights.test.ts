import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Condition, decide, type Place, placeOf, type Rights } from '../../kernel/access.ts'
import { type Actor, systemActor } from '../../kernel/actor.ts'
import { type Permission, PERMISSIONS } from '../../kernel/permission.ts'
import { boundOf } from './delegation.ts'
import { isLookedAt } from './grant-condition.ts'
import { boundRights, type CompiledGrant, compileRights, lacking, placesOf } from './rights.ts'
import { roleOf } from './role.ts'

const NOW = 1_000
const PLACES: readonly Place[] = [
  { projectId: null },
  { projectId: null, team: 't1' },
  ...['p1', 'p1/docs', 'p1/docs/api', 'p2'].map(placeOf),
]
const WORDS: readonly Permission[] = ['task:read', 'task:write', 'task:claim', 'key:write']
const actor: Actor = { ...systemActor('org'), kind: 'person', handle: 'ana' }

const holds = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom<Condition>(null, 'held', 'own')))
  .map((pairs) => new Map(pairs.filter(([word, when]) => isLookedAt(word, when))))
const place = fc.constantFrom(...PLACES)
const allow = fc
  .record({ holds, place, expiresAt: fc.constantFrom(null, NOW - 1, NOW, NOW + 1) })
  .map((one): CompiledGrant => ({ ...one.place, holds: one.holds, expiresAt: one.expiresAt }))
const deny = allow.map((one): CompiledGrant => ({ ...one, effect: 'deny', expiresAt: null }))
const grants = fc.array(allow, { maxLength: 6 })
const denies = fc.array(deny, { maxLength: 2 })
const RUNS = { numRuns: 200, seed: 20_260_101 }

const compile = (...all: readonly (readonly CompiledGrant[])[]) =>
  compileRights(all.flat(), { now: NOW })

const strength = (rights: Rights, permission: Permission, at: Place): number => {
  const { reason, condition } = decide(rights, actor, { ...at, permission, now: NOW })
  if (reason !== 'allowed') return 0
  return condition === null ? 2 : 1
}

const everywhere = (check: (permission: Permission, at: Place) => void) => {
  for (const permission of WORDS) for (const at of PLACES) check(permission, at)
}

test('allows are a union, whatever their order', () => {
  fc.assert(
    fc.property(grants, (given) => {
      const rights = compile(given)
      const turned = compile([...given].reverse())
      everywhere((permission, at) => {
        const single = given.map((one) => strength(compile([one]), permission, at))
        expect(strength(rights, permission, at)).toBe(Math.max(0, ...single))
        expect(strength(turned, permission, at)).toBe(Math.max(0, ...single))
      })
    }),
    RUNS,
  )
})

test('one more allow takes nothing away', () => {
  fc.assert(
    fc.property(grants, denies, allow, (given, denied, more) => {
      const [before, after] = [compile(given, denied), compile(given, denied, [more])]
      everywhere((permission, at) => {
        const had = strength(before, permission, at)
        expect(strength(after, permission, at)).toBeGreaterThanOrEqual(had)
      })
    }),
    RUNS,
  )
})

test('a deny never widens, and ends all that it says from its place downwards', () => {
  fc.assert(
    fc.property(grants, denies, deny, (given, denied, more) => {
      const [before, after] = [compile(given, denied), compile(given, denied, [more])]
      everywhere((permission, at) => {
        const left = strength(after, permission, at)
        expect(left).toBeLessThanOrEqual(strength(before, permission, at))
        if (more.holds.has(permission) && isBelow(at, more)) expect(left).toBe(0)
      })
    }),
    RUNS,
  )
})

const isBelow = (at: Place, top: Place): boolean => {
  if (top.projectId === null) {
    return top.team === undefined || (at.projectId === null && at.team === top.team)
  }
  if (at.projectId !== top.projectId) return false
  return top.path === undefined || `${at.path ?? ''}/`.startsWith(`${top.path}/`)
}

test('denies do not bind an owner', () => {
  fc.assert(
    fc.property(grants, denies, (given, denied) => {
      const free = compileRights([...given, ...denied], { now: NOW, isOwner: true })
      everywhere((permission, at) => {
        expect(strength(free, permission, at)).toBe(strength(compile(given), permission, at))
      })
    }),
    RUNS,
  )
})

test('a grant counts until its moment, and rights know the next moment', () => {
  fc.assert(
    fc.property(grants, (given) => {
      const rights = compile(given)
      const alive = given.filter(({ expiresAt }) => (expiresAt ?? NOW + 1) > NOW)
      everywhere((permission, at) => {
        const same = strength(compile(alive), permission, at)
        expect(strength(rights, permission, at)).toBe(same)
      })
      const ends = alive.some(({ expiresAt }) => expiresAt === NOW + 1)
      expect(rights.until).toBe(ends ? NOW + 1 : undefined)
    }),
    RUNS,
  )
})

test('what is over is said to be over, unless nobody ever had it', () => {
  const over = compile([{ holds: new Map([['task:read', null]]), projectId: 'p1', expiresAt: 5 }])
  const reason = (permission: Permission, projectId: string) =>
    decide(over, actor, { permission, projectId }).reason
  expect(reason('task:read', 'p1')).toBe('expired')
  expect(reason('task:read', 'p2')).toBe('no_grant')
  expect(reason('task:write', 'p1')).toBe('no_grant')
})

const cut = fc.record({
  scopes: fc.option(fc.subarray([...WORDS])),
  projectIds: fc.option(fc.subarray(['p1', 'p2'])),
  expiresAt: fc.constantFrom(null, NOW, NOW + 1),
})

test('an agent never holds more than its own grants, its person, and what was delegated', () => {
  fc.assert(
    fc.property(
      fc.tuple(grants, denies),
      fc.tuple(grants, denies),
      fc.option(cut),
      ([mine, myDenies], [persons, theirDenies], delegation) => {
        const [own, theirs] = [compile(mine, myDenies), compile(persons, theirDenies)]
        const bound = boundOf({ rights: theirs, isResponsible: true, delegation }, NOW)
        const both = boundRights(own, bound)
        everywhere((permission, at) => {
          const isOpen =
            delegation === null ||
            (delegation.expiresAt !== NOW &&
              delegation.scopes?.includes(permission) !== false &&
              delegation.projectIds?.includes(at.projectId ?? '') !== false)
          const least = Math.min(strength(own, permission, at), strength(theirs, permission, at))
          expect(strength(both, permission, at)).toBe(isOpen ? least : 0)
        })
      },
    ),
    RUNS,
  )
})

test("without a delegation an agent has nothing of another person's", () => {
  const rights = compile([{ holds: new Map([['task:read', null]]), projectId: null }])
  const stranger = boundRights(
    rights,
    boundOf({ rights, isResponsible: false, delegation: null }, NOW),
  )
  expect(strength(stranger, 'task:read', { projectId: 'p1' })).toBe(0)
  const delegation = { scopes: ['task:read'], projectIds: ['p1'], expiresAt: NOW + 5 }
  const lent = boundRights(rights, boundOf({ rights, isResponsible: false, delegation }, NOW))
  expect(strength(lent, 'task:read', { projectId: 'p1' })).toBe(2)
  expect(strength(lent, 'task:read', { projectId: 'p2' })).toBe(0)
  expect(lent.until).toBe(NOW + 5)
})

test('nobody lacks what they hold, and everybody lacks what makes them stronger', () => {
  fc.assert(
    fc.property(grants, grants, (mine, wanted) => {
      const rights = compile(mine)
      for (const one of placesOf(rights)) expect(lacking({ rights, actor }, one)).toEqual([])
      for (const one of wanted) {
        const lacks = lacking({ rights, actor }, one)
        for (const [permission, condition] of one.holds) {
          const needed = condition === null ? 2 : 1
          expect(lacks.includes(permission)).toBe(strength(rights, permission, one) < needed)
        }
      }
    }),
    RUNS,
  )
})

test('taken apart and put together again, rights are the same', () => {
  fc.assert(
    fc.property(grants, grants, (mine, persons) => {
      const bound = { rights: compile(persons), scopes: null, projects: null }
      const rights = boundRights(compile(mine), bound)
      const again = compileRights(placesOf(rights))
      everywhere((permission, at) => {
        expect(strength(again, permission, at)).toBe(strength(rights, permission, at))
      })
    }),
    RUNS,
  )
})

test('a credential that is cut down lacks what it is cut off from', () => {
  const owner = roleOf('owner')?.holds ?? new Map()
  const rights = compileRights([{ holds: owner, projectId: null }])
  const narrow = { ...actor, scopes: new Set(['task:read']) }
  const given = { holds: roleOf('readonly')?.holds ?? new Map(), projectId: null }
  expect(lacking({ rights, actor }, given)).toEqual([])
  expect(lacking({ rights, actor: narrow }, given)).not.toContain('task:read')
  expect(lacking({ rights, actor: narrow }, given)).toContain('board:read')
  expect(PERMISSIONS.filter((word) => !rights.org.has(word))).toEqual([])
})
