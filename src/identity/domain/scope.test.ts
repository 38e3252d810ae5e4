import { expect, test } from 'vitest'
import { NEVER_FOR_AGENTS } from '../../kernel/access.ts'
import { isPermission } from '../../kernel/permission.ts'
import { OAUTH_SCOPES, permissionsOfScope } from './scope.ts'

test('every scope stands for permissions that exist, none of them closed to agents', () => {
  for (const scope of OAUTH_SCOPES) {
    const words = permissionsOfScope(scope)
    expect(words.length).toBeGreaterThan(0)
    for (const word of words) {
      expect(isPermission(word)).toBe(true)
      expect(NEVER_FOR_AGENTS.has(word)).toBe(false)
    }
  }
})

test('a scope of reading changes nothing, and one of writing reads what it writes', () => {
  for (const scope of ['work:read', 'memory:read']) {
    expect(permissionsOfScope(scope).filter((word) => !word.endsWith(':read'))).toEqual([])
  }
  expect(permissionsOfScope('work:write')).toContain('task:read')
})

test('an unknown scope stands for nothing', () => {
  for (const scope of ['', 'work', 'task:read', 'toString', 'openid']) {
    expect(permissionsOfScope(scope)).toEqual([])
  }
})
