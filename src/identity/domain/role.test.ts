import { expect, test } from 'vitest'
import { type Actor, systemActor } from '../../kernel/actor.ts'
import { PERMISSIONS } from '../../kernel/permission.ts'
import { isLookedAt } from './grant-condition.ts'
import { compileRights, lacking } from './rights.ts'
import { customRole, predefinedRoles, ROLE_KEYS, roleOf } from './role.ts'

const actor: Actor = { ...systemActor('org'), kind: 'person', handle: 'ana' }

const role = (key: string) => {
  const found = roleOf(key)
  if (!found) throw new Error(`There is a role ${key}.`)
  return found
}

const writes = (key: string) =>
  [...role(key).holds.keys()].filter((word) => !word.endsWith(':read')).toSorted()

test('an owner holds every permission, an administrator all but two', () => {
  expect([...role('owner').holds.keys()].sort()).toEqual([...PERMISSIONS].sort())
  const rest = PERMISSIONS.filter((word) => !role('admin').holds.has(word))
  expect(rest.sort()).toEqual(['backup:restore', 'org:delete'])
})

const DEVELOPER = [
  ...['agent:run', 'comment:write', 'connection:use', 'context:write', 'memory:write'],
  ...['task:claim', 'task:write', 'tool:call', 'tool:write'],
]

test.each<[string, readonly string[]]>([
  [
    'member',
    [
      ...['agent:run', 'agent:write', 'comment:write', 'connection:use', 'context:write'],
      ...['key:write', 'memory:write', 'project:create', 'task:claim', 'task:write', 'tool:call'],
    ],
  ],
  ['viewer', ['comment:write']],
  ['auditor', ['access:explain', 'ledger:export']],
  [
    'lead',
    [
      ...[...DEVELOPER, 'approval:decide', 'board:write', 'branch:write', 'context:accept'],
      ...['grant:write', 'memory:review', 'project:write', 'sprint:write'],
      ...['task:assign', 'task:delete', 'task:takeover'],
    ],
  ],
  ['developer', DEVELOPER],
  ['readonly', []],
  [
    'agent',
    ['comment:write', 'context:write', 'memory:write', 'task:claim', 'task:write', 'tool:call'],
  ],
])('a %s changes what its table says and nothing else', (key, expected) => {
  expect(writes(key)).toEqual([...expected].toSorted())
})

test.each<[string, readonly string[]]>([
  ['owner', ['org']],
  ['admin', ['org']],
  ['member', ['org']],
  ['viewer', ['org', 'team', 'project', 'namespace']],
  ['auditor', ['org']],
  ['lead', ['team', 'project']],
  ['developer', ['team', 'project', 'namespace']],
  ['readonly', ['org', 'team', 'project', 'namespace']],
  ['agent', ['project', 'namespace']],
])('a %s is given where its table says', (key, scopes) => {
  expect(role(key).scopes).toEqual(scopes)
})

test('an auditor reads everything, a reader neither the ledger nor secrets', () => {
  const reads = PERMISSIONS.filter((word) => word.endsWith(':read'))
  expect(reads.filter((word) => !role('auditor').holds.has(word))).toEqual([])
  for (const word of ['ledger:read', 'secret:read', 'node:read', 'idp:read'] as const) {
    expect(role('readonly').holds.has(word)).toBe(false)
  }
})

test('an agent writes the tasks it holds, a member makes agents and keys of its own', () => {
  expect(role('agent').holds.get('task:write')).toBe('held')
  expect(role('agent').holds.get('task:claim')).toBeNull()
  expect(role('member').holds.get('agent:write')).toBe('own')
  expect(role('member').holds.get('key:write')).toBe('own')
})

test('every condition in a role is one that operations look at', () => {
  for (const { holds } of predefinedRoles()) {
    for (const [permission, when] of holds) expect(isLookedAt(permission, when)).toBe(true)
  }
})

test('nobody below an administrator changes members, roles or keys of others', () => {
  const low = ROLE_KEYS.filter((key) => key !== 'owner' && key !== 'admin')
  for (const key of low) {
    for (const word of ['member:write', 'role:write', 'org:write', 'secret:write'] as const) {
      expect(role(key).holds.has(word)).toBe(false)
    }
  }
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
    'key:write': 'own',
    'task:claim': 'sometimes',
    odd: null,
  })
  expect([...made.holds]).toEqual([
    ['task:write', 'held'],
    ['key:write', 'own'],
    ['task:read', null],
  ])
})
