import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Held, Rights } from '../../kernel/access.ts'
import { type Actor, systemActor } from '../../kernel/actor.ts'
import { type AnyOperation, operation } from '../../kernel/operation.ts'
import type { Permission } from '../../kernel/permission.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { type AccessSource, permit } from './permit.ts'

const actor: Actor = { ...systemActor('org'), kind: 'person', handle: 'ana' }
const held = (...words: Permission[]): Held => new Map(words.map((word) => [word, null]))
const NOTHING: Rights = { org: new Map(), projects: new Map() }

const reading = (
  scope: readonly string[] = [],
  more: Partial<AnyOperation> = {},
): AnyOperation => ({
  ...operation<object>()({
    ...{ name: 'test.read', about: 'Read.', effect: 'read', http: null, mcp: null },
    input: z.strictObject({}),
    output: z.strictObject({}),
    access: 'task:read',
    scope: () => scope,
    run: async () => ({}),
  }),
  ...more,
})

const source = (rights: Rights, all?: readonly string[]): AccessSource => ({
  rightsOf: () => rights,
  projectId: (_, key) => ({ GH: 'p1', WEB: 'p2' })[key] ?? null,
  orgOf: async () => 'org',
  ...(all && { projectIds: async () => all }),
})

const outcome = async (rights: Rights, one: AnyOperation, more: object = {}) => {
  try {
    const { visible, condition } = await permit(source(rights), one, { actor, input: {}, ...more })
    return { visible, condition }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return `${error.code}: ${error.message}`
  }
}

const rights: Rights = {
  ...{ org: new Map(), projects: new Map([['p1', held('project:read')]]) },
  elsewhere: new Map([
    ['p1/docs', held('task:read')],
    ['team:core', held('task:read')],
    ['team:web', held('team:read')],
  ]),
}

const hidden = (name: string) => `platform.not_found: ${name} does not exist or you may not see it.`
const told = (name: string) =>
  `identity.not_allowed: You may not do this in ${name}: it needs task:read. Ask an owner for it.`

test('an agent hears that only people may do what is never for agents', async () => {
  const one = reading([], { access: 'webhook:write' })
  const agent = { ...actor, kind: 'agent' } as const
  expect(await outcome(NOTHING, one, { actor: agent })).toContain('only people may')
  expect(await outcome(NOTHING, one)).toContain('Ask an owner')
})

test.each<[string, unknown]>([
  ['namespace:GH/docs/api', { visible: [], condition: null }],
  ['namespace:GH/other', told('GH')],
  ['namespace:WEB/docs', hidden('WEB')],
  ['namespace:NIL/docs', hidden('NIL')],
  // A branch that is called like a namespace is the project's: `GH/docs` alone opens nothing.
  ['GH/docs', told('GH/docs')],
  ['team:core', { visible: [], condition: null }],
  ['team:web', told('web')],
  ['team:nil', hidden('nil')],
  ['GH-12', told('GH-12')],
  ['WEB-1', hidden('WEB-1')],
  ['NIL-1', hidden('NIL-1')],
  ['org', told('this organisation')],
])('an operation on %s is answered as written', async (name, expected) => {
  expect(await outcome(rights, reading([name]))).toEqual(expected)
})

test('an operation without a place asks for the permission anywhere, or everywhere', async () => {
  expect(await outcome(rights, reading())).toEqual({ visible: [], condition: null })
  const everywhere = reading([], { orgWide: true })
  expect(await outcome(rights, everywhere)).toBe(told('this organisation'))
  expect(await outcome(NOTHING, reading())).toBe(told('this organisation'))
})

test('without a place the condition of any place counts for all', async () => {
  const projects = new Map([
    ['p1', held('task:read')],
    ['p2', new Map([['task:read', 'held'] as const])],
  ])
  const answer = await outcome({ org: new Map(), projects }, reading())
  expect(answer).toEqual({ visible: ['p1', 'p2'], condition: 'held' })
})

test('moment and address reach the tests of grants, and such answers are not kept', async () => {
  const tested: Rights = {
    ...NOTHING,
    tested: [
      {
        holds: held('task:read'),
        at: null,
        test: ({ now, address }) => now === 5 && address === 'a',
      },
    ],
  }
  expect(await outcome(tested, reading(['GH']), { now: 5, address: 'a' })).toMatchObject({
    visible: null,
  })
  expect(await outcome(tested, reading(['GH']), { now: 5 })).toBe(hidden('GH'))
  const asked = { actor, input: {}, now: 5, address: 'a' }
  const answer = await permit(source(tested), reading(['GH']), asked)
  expect(answer.lasting).toBe(false)
  expect(answer.may('task:read', 'p2')).toBe(true)
  const plain = { ...NOTHING, org: held('task:read') }
  expect((await permit(source(plain), reading(['GH']), asked)).lasting).toBe(true)
})

test('who is denied one project is listed the others', async () => {
  const denied = {
    org: new Set<Permission>(),
    at: new Map([['p1', new Set(['task:read'] as const)]]),
  }
  const most: Rights = { ...NOTHING, org: held('task:read'), denied }
  const answer = await permit(source(most, ['p1', 'p2', 'p3']), reading(), { actor, input: {} })
  expect(answer.visible).toEqual(['p2', 'p3'])
  expect(await outcome(most, reading(['GH']))).toBe(hidden('GH'))
})
