import { expect, test } from 'vitest'
import type { Role } from '../views.ts'
import { matrixOf } from './matrix.ts'

const role = (key: string, more: Partial<Role>): Role => ({
  ...{ key, name: key, isPredefined: true, scopes: ['org'], permissions: [], held: [], own: [] },
  ...more,
})

const ROLES = [
  role('owner', { permissions: ['task:read', 'task:write', 'key:write'] }),
  role('member', { permissions: ['task:read'], held: ['task:write'], own: ['key:write'] }),
]

test('each permission has a row among those about the same, and a mark for each role', () => {
  expect(matrixOf(ROLES, null, '')).toEqual([
    {
      subject: 'task',
      rows: [
        { permission: 'task:read', marks: ['all', 'all'] },
        { permission: 'task:write', marks: ['all', 'held'] },
      ],
    },
    { subject: 'key', rows: [{ permission: 'key:write', marks: ['all', 'own'] }] },
  ])
})

test('what somebody may do is one more column, and words leave only their rows', () => {
  const rights = { principal: 'ada', resource: 'GH', held: [], own: [], permissions: ['key:write'] }
  expect(matrixOf(ROLES, rights, ' KEY ')).toEqual([
    { subject: 'key', rows: [{ permission: 'key:write', marks: ['all', 'own', 'all'] }] },
  ])
  expect(matrixOf([], rights, '')).toEqual([
    { subject: 'key', rows: [{ permission: 'key:write', marks: ['all'] }] },
  ])
  expect(matrixOf(ROLES, rights, 'nothing')).toEqual([])
})
