import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ToolHints, ToolLabels } from './labels.ts'
import { LABELS, labelsOfCall, labelsOfTool, newLabels, TOOL_EGRESS, TOOL_READS } from './labels.ts'
import { TOOL_EFFECTS } from './policy-rules.ts'

const CAUTIOUS: ToolLabels = {
  reads: 'private',
  untrusted: true,
  egress: 'external',
  effect: 'write',
}
const HARMLESS: ToolHints = { readOnlyHint: true, destructiveHint: false, openWorldHint: false }

test.each([
  [{}, false, {}],
  [HARMLESS, false, {}],
  [{ destructiveHint: true }, false, { effect: 'destroy' }],
  [{ destructiveHint: true, readOnlyHint: true }, false, { effect: 'destroy' }],
  [{}, true, {}],
  [HARMLESS, true, { untrusted: false, egress: 'internal', effect: 'read' }],
  [{ destructiveHint: true }, true, { effect: 'destroy' }],
  [{ openWorldHint: false }, true, { untrusted: false, egress: 'internal' }],
] as const)('hints %j, confirmed: %s, change of what is feared %j', (hints, confirmed, change) => {
  expect(labelsOfTool({}, hints, confirmed)).toEqual({ ...CAUTIOUS, ...change })
})

test('rules count before hints, each for itself', () => {
  const rules = { reads: 'public', untrusted: false, egress: 'none', effect: 'read' } as const
  expect(labelsOfTool(rules, { destructiveHint: true }, false)).toEqual(rules)
  expect(labelsOfTool({ effect: 'destroy' }, HARMLESS, true).effect).toBe('destroy')
  expect(labelsOfTool({ reads: 'sensitive' }, HARMLESS, true)).toMatchObject({
    reads: 'sensitive',
    effect: 'read',
  })
})

test('hints that nobody confirmed never make a tool look more harmless', () => {
  const hint = fc.constantFrom(true, false, undefined)
  const hints = fc.record({ readOnlyHint: hint, destructiveHint: hint, openWorldHint: hint })
  fc.assert(
    fc.property(hints, (own) => {
      const { effect, ...rest } = labelsOfTool({}, own, false)
      const { effect: feared, ...others } = CAUTIOUS
      expect(rest).toEqual(others)
      expect(TOOL_EFFECTS.indexOf(effect)).toBeGreaterThanOrEqual(TOOL_EFFECTS.indexOf(feared))
    }),
  )
})

test.each([
  ['public', false, []],
  ['private', false, ['private']],
  ['sensitive', false, ['private', 'sensitive']],
  ['public', true, ['untrusted']],
  ['sensitive', true, ['private', 'sensitive', 'untrusted']],
] as const)('a tool that reads %s, untrusted: %s, adds %j', (reads, untrusted, labels) => {
  const tool = { ...CAUTIOUS, reads, untrusted }
  expect(labelsOfCall(tool, true)).toEqual(labels)
  expect(labelsOfCall(tool, false)).toEqual([])
})

test('labels only gather: what is held is not added again, and nothing takes one away', () => {
  const tools = fc.record({
    reads: fc.constantFrom(...TOOL_READS),
    untrusted: fc.boolean(),
    egress: fc.constantFrom(...TOOL_EGRESS),
    effect: fc.constantFrom(...TOOL_EFFECTS),
  })
  fc.assert(
    fc.property(fc.array(tools, { maxLength: 12 }), (calls) => {
      const held = new Set<string>()
      for (const tool of calls) {
        const added = labelsOfCall(tool, true)
        const fresh = newLabels(held, added)
        for (const label of fresh) {
          expect(held.has(label)).toBe(false)
          held.add(label)
        }
        for (const label of added) expect(held.has(label)).toBe(true)
        expect(newLabels(held, added)).toEqual([])
      }
      expect(held.has('untrusted')).toBe(calls.some(({ untrusted }) => untrusted))
      expect(held.has('sensitive')).toBe(calls.some(({ reads }) => reads === 'sensitive'))
      expect([...held].every((label) => LABELS.some((known) => known === label))).toBe(true)
    }),
  )
})
