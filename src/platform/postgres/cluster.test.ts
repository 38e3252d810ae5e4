import { expect, test } from 'vitest'
import { settingsOf } from './cluster.ts'

const nameOf = (settings: Record<string, string>, fsync = true) =>
  settingsOf({ fsync, settings })['cluster_name']

test('a server tells its settings by its name', () => {
  expect(nameOf({})).toMatch(/^guildhall-[0-9a-f]{12}$/)
  expect(nameOf({})).toBe(nameOf({}))
  expect(nameOf({}, false)).not.toBe(nameOf({}))
  expect(nameOf({ work_mem: '8MB' })).not.toBe(nameOf({}))
})

test('the order in which settings are given does not matter', () => {
  expect(nameOf({ work_mem: '8MB', jit: 'off' })).toBe(nameOf({ jit: 'off', work_mem: '8MB' }))
})

test('a server is durable and reachable by its socket only, unless a test says otherwise', () => {
  expect(settingsOf({ fsync: true, settings: {} })).toMatchObject({
    fsync: 'on',
    listen_addresses: '',
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
  })
})
