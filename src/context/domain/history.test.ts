import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Change, versionOf } from './history.ts'
import type { Json, JsonObject } from './json.ts'
import { emptyNode } from './node.ts'
import { leavesOf } from './path.ts'
import { decideWrite } from './write.ts'

/** Writes one after the other, and notes each as its event would. */
const written = (writes: readonly Readonly<{ path: string; data: Json }>[]) => {
  let node = emptyNode('project', 'GH')
  const states: JsonObject[] = [{}]
  const changes: Change[] = []
  for (const write of writes) {
    const next = decideWrite(node, [], { ...write, by: 'ana' })
    if (next.changed.length === 0) continue
    node = next.node
    states.push(node.data)
    const leaves = new Map(leavesOf(node.data))
    const set = next.changed.flatMap((path): [string, Json][] => {
      const leaf = leaves.get(path)
      return leaf === undefined ? [] : [[path, leaf]]
    })
    const gone = next.changed.filter((path) => !leaves.has(path))
    changes.push({ version: node.version, set: Object.fromEntries(set), gone })
  }
  return { changes, states, now: { version: node.version, data: node.data } }
}

const path = fc.constantFrom('a', 'b', 'a.x', 'a.y', 'b.z.w', 'tags+')
const leaf = fc.oneof(fc.integer(), fc.string({ maxLength: 5 }), fc.constant(null), fc.boolean())
const write = fc.oneof(
  fc.record({
    path: path.filter((one) => !one.endsWith('+')),
    data: fc.oneof(leaf, fc.constant({})),
  }),
  fc.record({ path: fc.constant('tags+'), data: fc.array(fc.string({ maxLength: 3 })) }),
  fc.record({ path: fc.constant(''), data: fc.constant({ a: null, 'tags+': null }) }),
)

test('every version is told as it was, as long as the ledger reaches back', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
      const { changes, states, now } = written(writes)
      for (const [version, data] of states.entries()) {
        if (version === 0) continue
        expect(versionOf(changes, version, now)).toEqual({ data, whole: true })
      }
    }),
  )
})

test('where old events are gone, a version that calls itself whole is right', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), fc.nat(12), (writes, lost) => {
      const { changes, states, now } = written(writes)
      for (const version of changes.slice(lost).map((one) => one.version)) {
        const told = versionOf(changes.slice(lost), version, now)
        if (told.whole) expect(told.data).toEqual(states[version])
      }
    }),
  )
})

test('where a write was erased, a version that calls itself whole is right', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), fc.nat(12), (writes, at) => {
      const { changes, states, now } = written(writes)
      const erased = changes.map((one, index) =>
        index === at ? { ...one, set: null, gone: [] } : one,
      )
      for (const { version } of changes) {
        const told = versionOf(erased, version, now)
        if (told.whole) expect(told.data).toEqual(states[version])
      }
    }),
  )
})

test('what was there before the reach of the ledger and stands still is told', () => {
  const { changes, now } = written([
    { path: 'old', data: 1 },
    { path: 'new', data: 1 },
    { path: 'new', data: 2 },
  ])
  expect(versionOf(changes.slice(1), 2, now)).toEqual({ data: { old: 1, new: 1 }, whole: true })
  expect(versionOf(changes.slice(2), 2, now)).toMatchObject({ whole: false })
})
