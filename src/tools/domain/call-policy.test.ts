import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CallDecision, CallFacts } from './call-policy.ts'
import { decideCall } from './call-policy.ts'
import { LABELS, TOOL_EGRESS, TOOL_READS } from './labels.ts'
import { TOOL_EFFECTS } from './policy-rules.ts'

type Given = Partial<Omit<CallFacts, 'tool' | 'actor'>> &
  Readonly<{ tool?: Partial<CallFacts['tool']>; actor?: Partial<CallFacts['actor']> }>

/** Facts of an agent at its own task, with a tool that can do no harm, except for what is given. */
const facts = ({ tool, actor, ...rest }: Given = {}): CallFacts => ({
  rules: {},
  labels: new Set(),
  projectId: 'gh',
  ownTask: true,
  ...rest,
  tool: { reads: 'public', untrusted: false, egress: 'none', effect: 'read', ...tool },
  actor: { kind: 'agent', ids: ['bot', 'ada'], atPage: false, ...actor },
})

const said = (given?: Given): string => {
  const decision = decideCall(facts(given))
  const risk = decision.kind === 'ask' ? ` ${decision.risk}` : ''
  return `${decision.kind}${risk}: ${decision.rule}`
}

const person = { kind: 'person', ids: ['ada'] } as const
const never = { approval: 'never' } as const
const always = { approval: 'always' } as const
const outside = { egress: 'external' } as const
const both = new Set(['sensitive', 'untrusted'])

test.each<readonly [string, Given, string]>([
  ['a read', {}, 'allow: default'],
  ['a read of sensitive data', { tool: { reads: 'sensitive' } }, 'allow: default'],
  ['a write at the own task', { tool: { effect: 'write' } }, 'allow: default'],
  ['a read without a task', { ownTask: false }, 'allow: default'],
  ['a write elsewhere', { tool: { effect: 'write' }, ownTask: false }, 'ask normal: foreign_write'],
  [
    'a write of a person',
    { tool: { effect: 'write' }, ownTask: false, actor: person },
    'allow: default',
  ],
  ['an internal call', { tool: { egress: 'internal', effect: 'write' } }, 'allow: default'],
  ['an external call', { tool: outside }, 'ask normal: external'],
  [
    'an external call of a service',
    { tool: outside, actor: { kind: 'service' } },
    'ask normal: external',
  ],
  [
    'an external call of the hub',
    { tool: outside, actor: { kind: 'system' } },
    'ask normal: external',
  ],
  ['an external call of a person', { tool: outside, actor: person }, 'allow: default'],
  ['a destructive call', { tool: { effect: 'destroy' } }, 'ask high: destroy'],
  ['the same with a key', { tool: { effect: 'destroy' }, actor: person }, 'ask high: destroy'],
  [
    'the same by a person at the page',
    { tool: { effect: 'destroy' }, actor: { ...person, atPage: true } },
    'allow: default',
  ],
  ['an external one with a rule', { tool: outside, rules: never }, 'allow: default'],
  [
    'a destructive one with a rule',
    { tool: { effect: 'destroy' }, rules: never },
    'allow: default',
  ],
  [
    'a foreign write with a rule',
    { tool: { effect: 'write' }, ownTask: false, rules: never },
    'allow: default',
  ],
  ['a read that is always asked for', { rules: always }, 'ask normal: always'],
  ['the same by a person', { rules: always, actor: person }, 'ask normal: always'],
  [
    'a destructive one of those',
    { rules: always, tool: { effect: 'destroy' } },
    'ask high: destroy',
  ],
  ['all three together', { tool: outside, labels: both }, 'ask high: exfiltration'],
  [
    'all three by a person',
    { tool: outside, labels: both, actor: person },
    'ask high: exfiltration',
  ],
  [
    'all three with a rule',
    { tool: outside, labels: both, rules: never },
    'ask high: exfiltration',
  ],
  [
    'all three in one tool',
    { tool: { egress: 'external', reads: 'sensitive', untrusted: true }, rules: never },
    'ask high: exfiltration',
  ],
  [
    'strangers read before, sensitive data by this tool',
    { tool: { ...outside, reads: 'sensitive' }, labels: new Set(['untrusted']), rules: never },
    'ask high: exfiltration',
  ],
  [
    'sensitive data alone',
    { tool: outside, labels: new Set(['sensitive']), rules: never },
    'allow: default',
  ],
  [
    'strangers alone',
    { tool: outside, labels: new Set(['untrusted']), rules: never },
    'allow: default',
  ],
  ['both, and nothing goes out', { tool: { egress: 'internal' }, labels: both }, 'allow: default'],
  ['a tool that is off', { rules: { enabled: false } }, 'deny: disabled'],
  ['a stranger', { actor: { kind: 'stranger' } }, 'deny: stranger'],
  ['another project', { rules: { projects: ['web'] } }, 'deny: project'],
  [
    'no project where they are named',
    { rules: { projects: ['gh'] }, projectId: null },
    'deny: project',
  ],
  ['no project named at all', { rules: { projects: [] } }, 'deny: project'],
  ['the named project', { rules: { projects: ['web', 'gh'] } }, 'allow: default'],
  ['somebody else', { rules: { holders: ['bob'] } }, 'deny: holder'],
  ['an agent whose person is no holder', { rules: { holders: ['bot'] } }, 'deny: holder'],
  ['a person whose agent is no holder', { rules: { holders: ['ada'] } }, 'deny: holder'],
  ['both are holders', { rules: { holders: ['ada', 'bot'] } }, 'allow: default'],
  ['nobody', { rules: { holders: ['ada'] }, actor: { ids: [] } }, 'deny: holder'],
  ['another kind', { rules: { kinds: ['person'] } }, 'deny: kind'],
  ['the named kind', { rules: { kinds: ['agent'] } }, 'allow: default'],
  [
    'the hub where kinds are named',
    { rules: { kinds: ['agent'] }, actor: { kind: 'system' } },
    'deny: kind',
  ],
])('%s: %j', (_, given, decision) => {
  expect(said(given)).toBe(decision)
})

test('a person is told why, and how many have to approve', () => {
  expect(decideCall(facts({ rules: { ...always, needs: 2 } }))).toEqual({
    kind: 'ask',
    risk: 'normal',
    needs: 2,
    rule: 'always',
    why: 'Every call of this tool is approved by a person.',
  })
  expect(decideCall(facts({ tool: { effect: 'destroy' } }))).toMatchObject({ needs: 1 })
})

const list = (...ids: string[]) => fc.option(fc.subarray(ids), { nil: undefined })
const anyFacts: fc.Arbitrary<CallFacts> = fc.record({
  rules: fc.record({
    enabled: fc.constantFrom(true, false, undefined),
    approval: fc.constantFrom('default', 'never', 'always', undefined),
    needs: fc.constantFrom(1, 2, undefined),
    projects: list('gh', 'web'),
    holders: list('bot', 'ada'),
    kinds: fc.option(fc.subarray(['person', 'service', 'agent'] as const), { nil: undefined }),
  }),
  tool: fc.record({
    reads: fc.constantFrom(...TOOL_READS),
    untrusted: fc.boolean(),
    egress: fc.constantFrom(...TOOL_EGRESS),
    effect: fc.constantFrom(...TOOL_EFFECTS),
  }),
  labels: fc.subarray([...LABELS]).map((labels) => new Set<string>(labels)),
  actor: fc.record({
    kind: fc.constantFrom('person', 'service', 'agent', 'system', 'stranger'),
    ids: fc.subarray(['bot', 'ada']),
    atPage: fc.boolean(),
  }),
  projectId: fc.constantFrom('gh', 'web', null),
  ownTask: fc.boolean(),
})

const RUNS = { numRuns: 3_000 }

const strength = (decision: CallDecision): number => {
  if (decision.kind === 'allow') return 0
  if (decision.kind === 'deny') return 3
  return decision.risk === 'high' ? 2 : 1
}

test('deny wins: one reason to refuse is enough, whatever else is true', () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const { rules, actor, projectId } = given
      const reasons = [
        rules.enabled === false,
        actor.kind === 'stranger',
        rules.projects && (projectId === null || !rules.projects.includes(projectId)),
        rules.holders &&
          !(actor.ids.length > 0 && actor.ids.every((id) => rules.holders?.includes(id))),
        rules.kinds && !rules.kinds.some((kind) => kind === actor.kind),
      ]
      expect(decideCall(given).kind === 'deny').toBe(reasons.includes(true))
    }),
    RUNS,
  )
})

test('a label more, or a tool that does or shows more, never makes a decision weaker', () => {
  const next = <T>(all: readonly T[], one: T): T => all[all.indexOf(one) + 1] ?? one
  fc.assert(
    fc.property(anyFacts, fc.constantFrom(...LABELS), (given, label) => {
      const { tool } = given
      const before = strength(decideCall(given))
      const stricter: readonly CallFacts[] = [
        { ...given, labels: new Set([...given.labels, label]) },
        { ...given, tool: { ...tool, untrusted: true } },
        { ...given, tool: { ...tool, reads: next(TOOL_READS, tool.reads) } },
        { ...given, tool: { ...tool, egress: next(TOOL_EGRESS, tool.egress) } },
        { ...given, tool: { ...tool, effect: next(TOOL_EFFECTS, tool.effect) } },
        { ...given, rules: { ...given.rules, approval: 'always' } },
        { ...given, rules: { ...given.rules, enabled: false } },
        { ...given, ownTask: false },
      ]
      for (const one of stricter) expect(strength(decideCall(one))).toBeGreaterThanOrEqual(before)
    }),
    RUNS,
  )
})

test('untrusted, sensitive and external together never go unasked, whatever the rules', () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const tool = { ...given.tool, egress: 'external' } as const
      const decision = decideCall({ ...given, tool, labels: both })
      expect(strength(decision)).toBeGreaterThanOrEqual(2)
    }),
    RUNS,
  )
})
