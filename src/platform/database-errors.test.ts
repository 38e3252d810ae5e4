import { expect, test } from 'vitest'
import { Refusal } from '../kernel/refusal.ts'
import { DatabaseAway, isLost, lacksPartition, retryOf, translated } from './database-errors.ts'

const coded = (code: string) => Object.assign(new Error('from the driver'), { code })

test.each([
  ['40001', 'rerun'],
  ['40P01', 'rerun'],
  ['25006', 'reconnect'],
  ['57P01', 'reconnect'],
  ['57P02', 'reconnect'],
  ['57P03', 'reconnect'],
  ['25P03', 'reconnect'],
  ['08000', 'reconnect'],
  ['08006', 'reconnect'],
  ['08P01', 'reconnect'],
  ['ECONNREFUSED', 'reconnect'],
  ['ECONNRESET', 'reconnect'],
  ['ENOENT', 'reconnect'],
  ['EPIPE', 'reconnect'],
  ['EAI_AGAIN', 'reconnect'],
  ['EHOSTUNREACH', 'reconnect'],
  ['23505', 'no'],
  ['42501', 'no'],
  ['53100', 'no'],
  ['55P03', 'no'],
  ['57014', 'no'],
  ['22P05', 'no'],
  ['ERR_ASSERTION', 'no'],
])('%s is answered by: %s', (code, retry) => {
  expect(retryOf(translated(coded(code)))).toBe(retry)
})

test.each([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'timeout expired',
])('a lost connection without a code is known by what the driver says: %s', (message) => {
  expect(isLost(new Error(message))).toBe(true)
  expect(translated(new Error(message))).toBeInstanceOf(DatabaseAway)
})

test.each([
  'Assertion failed: the claim has ended',
  'Invalid input at attempts[0].endedAt',
  'Recommended: none',
  'The sentence was terminated.',
])('a bug of ours is no lost connection: %s', (message) => {
  const bug = new Error(message)
  expect(isLost(bug)).toBe(false)
  expect(translated(bug)).toBe(bug)
  expect(retryOf(bug)).toBe('no')
})

test.each([
  ['53100', 'unavailable', 'platform.disk_full'],
  ['53200', 'unavailable', 'platform.busy'],
  ['53300', 'unavailable', 'platform.busy'],
  ['55P03', 'unavailable', 'platform.busy'],
  ['57014', 'unavailable', 'platform.busy'],
  ['22021', 'invalid', 'platform.text_not_valid'],
  ['22P05', 'invalid', 'platform.text_not_valid'],
])('%s becomes a refusal with its sentence', (code, kind, name) => {
  expect(translated(coded(code))).toMatchObject({ kind, code: name })
})

test('a missing partition is told from a check of ours, which has a name', () => {
  expect(lacksPartition(coded('23514'))).toBe(true)
  expect(lacksPartition(Object.assign(coded('23514'), { constraint: undefined }))).toBe(true)
  expect(lacksPartition(Object.assign(coded('23514'), { constraint: 'sane_size' }))).toBe(false)
  expect(lacksPartition(coded('23505'))).toBe(false)
})

test('a refusal stays as it is, and so does a bug', () => {
  const refusal = new Refusal('conflict', 'work.column_full', 'Full.', {})
  expect(translated(refusal)).toBe(refusal)
  const bug = coded('42P01')
  expect(translated(bug)).toBe(bug)
  expect(translated('thrown text')).toBe('thrown text')
})
