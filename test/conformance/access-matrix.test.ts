import { expect, test } from 'vitest'
import { predefinedRoles, type Role, type ScopeKind } from '../../src/identity/domain/role.ts'
import { type CompiledGrant, compileRights } from '../../src/identity/domain/rights.ts'
import { decide, NEVER_FOR_AGENTS, type Place } from '../../src/kernel/access.ts'
import { type Actor, systemActor } from '../../src/kernel/actor.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import type { Permission } from '../../src/kernel/permission.ts'
import { rooms } from '../../src/main/rooms.ts'

// Which predefined role may call which operation where. A line of the snapshot that changes is a
// right that somebody gains or loses: read it before you accept it.

const PLACES: Readonly<Record<ScopeKind, Place>> = {
  org: { projectId: null },
  team: { projectId: null, team: 'core' },
  project: { projectId: 'p1' },
  namespace: { projectId: 'p1', path: 'docs' },
}
const ELSEWHERE: Place = { projectId: 'p2' }
const KINDS = ['org', 'team', 'project', 'namespace'] as const

/** Gives a role in a place; what holds in the team holds in its project. */
const grantsOf = ({ holds }: Role, kind: ScopeKind): readonly CompiledGrant[] => {
  const here = { ...PLACES[kind], holds }
  return kind === 'team' ? [here, { ...PLACES.project, holds }] : [here]
}

const actorOf = ({ key }: Role): Actor => ({
  ...systemActor('org'),
  kind: key === 'agent' ? 'agent' : 'person',
  handle: key,
})

/** Names the widest place that a role given in a place opens, with its condition. */
const reachOf = (role: Role, kind: ScopeKind, permission: Permission): string | null => {
  const rights = compileRights(grantsOf(role, kind))
  const open = KINDS.flatMap((one) => {
    const { reason, condition } = decide(rights, actorOf(role), { ...PLACES[one], permission })
    return reason === 'allowed' ? [condition === null ? one : `${one} if ${condition}`] : []
  })
  const strays = decide(rights, actorOf(role), { ...ELSEWHERE, permission }).reason === 'allowed'
  expect(strays).toBe(kind === 'org' && open.length > 0)
  return open[0] ?? null
}

/** Says what a role opens: `lead(team project)`; the place it was given in, unless it is less. */
const roleLine = (role: Role, permission: Permission, orgWide: boolean): string | null => {
  const given = role.scopes.flatMap((kind) => {
    if (orgWide && kind !== 'org') return []
    const reach = reachOf(role, kind, permission)
    if (reach === null) return []
    return [reach.startsWith(kind) ? reach : `${kind}: ${reach}`]
  })
  return given.length === 0 ? null : `${role.key}(${given.join(', ')})`
}

const lineOf = ({ name, access, orgWide, scope, internal, open }: AnyOperation): string => {
  if (internal) return `${name}  the hub itself`
  if (open) return `${name}  strangers`
  if (access === null) return `${name}  whoever is signed in`
  const where = orgWide ? 'in the organisation' : scope ? 'where it is' : 'anywhere'
  const roles = predefinedRoles().flatMap((role) => roleLine(role, access, orgWide) ?? [])
  const agents = NEVER_FOR_AGENTS.has(access) ? '; never agents' : ''
  return `${name}  ${access} ${where}: ${roles.join(' ')}${agents}`
}

const operations = rooms().flatMap((room) => room.operations)

test('every role may call what this table says, where it says, and nothing else', async () => {
  const lines = operations.map(lineOf).toSorted()
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('access-matrix.txt')
})

test('every operation is in the table once', () => {
  const names = operations.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(60)
})

test('what a session must be fresh for is every act that gives rights', () => {
  const giving = operations.filter(
    ({ access, effect }) =>
      effect === 'write' && (access === 'grant:write' || access === 'role:write'),
  )
  expect(giving.filter(({ fresh }) => !fresh).map(({ name }) => name)).toEqual([])
  expect(giving.length).toBeGreaterThan(5)
})
