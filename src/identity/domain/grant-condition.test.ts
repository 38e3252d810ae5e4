import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide, type Facts } from '../../kernel/access.ts'
import { type Actor, systemActor } from '../../kernel/actor.ts'
import { addressNumber, addressRange } from './address-range.ts'
import { conditioned, type GrantCondition, testOf } from './grant-condition.ts'
import { compileRights } from './rights.ts'

const NOW = 1_000_000
const actor: Actor = { ...systemActor('org'), kind: 'person', handle: 'ana' }
const strong: Actor = { ...actor, authTime: NOW - 60_000, amr: ['pwd', 'otp'] }

test.each<[string, GrantCondition, Partial<Facts>, boolean]>([
  ['a fresh second factor', { mfa_within_s: 60 }, { actor: strong }, true],
  ['one a moment too old', { mfa_within_s: 59 }, { actor: strong }, false],
  ['a passkey', { mfa_within_s: 60 }, { actor: { ...strong, amr: ['hwk'] } }, true],
  ['a password alone', { mfa_within_s: 60 }, { actor: { ...strong, amr: ['pwd'] } }, false],
  ['a key', { mfa_within_s: 60 }, { actor }, false],
  ['no moment', { mfa_within_s: 60 }, { actor: strong, now: undefined }, false],
  ['an address inside', { addresses: ['10.0.0.0/8'] }, { address: '10.255.0.1' }, true],
  ['an address outside', { addresses: ['10.0.0.0/8'] }, { address: '11.0.0.1' }, false],
  [
    'an address mapped into IPv6',
    { addresses: ['10.0.0.0/8'] },
    { address: '::ffff:10.1.2.3' },
    true,
  ],
  [
    'the second of two ranges',
    { addresses: ['10.0.0.1', 'fd00::/8'] },
    { address: 'fd12::1' },
    true,
  ],
  ['no address', { addresses: ['0.0.0.0/0'] }, {}, false],
  ['a text that is no address', { addresses: ['0.0.0.0/0'] }, { address: 'localhost' }, false],
  ['IPv6 against all of IPv4', { addresses: ['0.0.0.0/0'] }, { address: '2001:db8::1' }, false],
  [
    'both, of which one fails',
    { addresses: ['10.0.0.0/8'], mfa_within_s: 60 },
    { actor: strong, address: '11.0.0.1' },
    false,
  ],
])('a grant under a test meets %s', (_, condition, facts, passes) => {
  expect(testOf(condition)?.({ actor, now: NOW, ...facts })).toBe(passes)
})

test('a grant without a test needs none', () => {
  expect(testOf(null)).toBeNull()
  expect(testOf({ own: true, assigned: true })).toBeNull()
})

test('of several grants any suffices, and the strongest is told', () => {
  const holds = new Map([['task:write', null]] as const)
  const rights = compileRights([
    { holds, projectId: 'p1', condition: { assigned: true } },
    { holds, projectId: null, condition: { addresses: ['10.0.0.0/8'] } },
  ])
  const asked = { permission: 'task:write', projectId: 'p1', now: NOW } as const
  expect(decide(rights, actor, asked)).toEqual({ reason: 'allowed', condition: 'held' })
  const inside = decide(rights, actor, { ...asked, address: '10.0.0.1' })
  expect(inside).toEqual({ reason: 'allowed', condition: null })
  expect(decide(rights, actor, { ...asked, projectId: 'p2' }).reason).toBe('condition')
})

test('a condition that no operation looks at gives nothing', () => {
  const holds = new Map([
    ['task:write', null],
    ['task:delete', null],
    ['key:write', null],
  ] as const)
  expect([...conditioned(holds, { assigned: true })]).toEqual([['task:write', 'held']])
  expect([...conditioned(holds, { own: true })]).toEqual([['key:write', 'own']])
  expect([...conditioned(holds, { own: true, assigned: true })]).toEqual([])
})

test('addresses are read as the system reads them', () => {
  const part = fc.constantFrom('0', '1', '255', '256', '01', '', 'ffff', 'g', '::', ':', '.', '1.2')
  const text = fc
    .oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(part, { maxLength: 9 }).map((parts) => parts.join(':')),
    )
    .filter((one) => !one.includes('%'))
  fc.assert(
    fc.property(text, (address) => {
      expect(addressNumber(address) !== null).toBe(isIP(address) !== 0)
    }),
    { numRuns: 2_000, seed: 7 },
  )
})

test.each(['10.0.0.0/33', 'fe80::/129', '10.0.0', 'host', '1.2.3.4/', '/8', '::1::', '1.2.3.4/-1'])(
  '%s is no range',
  (text) => {
    expect(addressRange(text)).toBeNull()
  },
)

test('a range holds its own addresses and no others', () => {
  const range = addressRange('192.168.4.77/22')
  const holds = (address: string) => {
    const number = addressNumber(address)
    return number !== null && range !== null && range.from <= number && number <= range.to
  }
  expect(['192.168.4.0', '192.168.7.255'].map(holds)).toEqual([true, true])
  expect(['192.168.3.255', '192.168.8.0', '::1'].map(holds)).toEqual([false, false, false])
})
