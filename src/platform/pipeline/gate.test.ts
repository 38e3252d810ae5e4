import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Actor, strangerIn } from '../../kernel/actor.ts'
import { FRESH_MS } from '../../kernel/fresh.ts'
import { operation } from '../../kernel/operation.ts'
import { gate, refuseUnfinished } from './gate.ts'

const ORG = '00000000-0000-7000-8000-00000000000a'
const plain = {
  name: 'probe.do_it',
  about: 'Does it.',
  input: z.strictObject({}),
  output: z.object({}),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  run: async () => ({}),
} as const
const anything = operation<object>()(plain)
const open = operation<object>()({ ...plain, open: () => null })
const staged = operation<object>()({ ...plain, stages: ['factor'] })
const fresh = operation<object>()({ ...plain, fresh: true })

const person: Actor = {
  orgId: ORG,
  id: '00000000-0000-7000-8000-0000000000aa',
  kind: 'person',
  handle: 'ada',
  scopes: null,
  projects: null,
  epoch: 0,
}
const NOW = 1_000_000_000
const signedIn: Actor = { ...person, via: 'session', authTime: NOW, amr: ['pwd'] }

test.each([
  ['a stranger', anything, strangerIn(ORG), 'identity.sign_in_needed'],
  [
    'a session without its factor',
    anything,
    { ...signedIn, stage: 'factor' },
    'identity.sign_in_not_finished',
  ],
  [
    'a session that has to enrol',
    staged,
    { ...signedIn, stage: 'enrol' },
    'identity.sign_in_not_finished',
  ],
  [
    'a stale session',
    fresh,
    { ...signedIn, authTime: NOW - FRESH_MS - 1 },
    'identity.fresh_sign_in_needed',
  ],
] as const)('%s is turned away', (_, asked, actor, code) => {
  expect(() => gate(asked, actor, NOW)).toThrow(expect.objectContaining({ code }))
})

test.each([
  ['a stranger where it is open', open, strangerIn(ORG)],
  ['a session in the stage it is for', staged, { ...signedIn, stage: 'factor' }],
  ['a whole session', anything, signedIn],
  ['a session that is just fresh', fresh, { ...signedIn, authTime: NOW - FRESH_MS }],
  ['a key, which has no sign-in to be stale', fresh, { ...person, via: 'key' }],
] as const)('%s goes through', (_, asked, actor) => {
  expect(() => gate(asked, actor, NOW)).not.toThrow()
})

test('half a sign-in opens no stream, a whole one does', () => {
  expect(() => refuseUnfinished({ ...signedIn, stage: 'factor' })).toThrow(
    expect.objectContaining({ code: 'identity.sign_in_not_finished' }),
  )
  expect(() => refuseUnfinished(signedIn)).not.toThrow()
})
