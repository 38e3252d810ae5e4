import { expect, test } from 'vitest'
import { inputSchema, isRecord } from '../../src/interface/http/input.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { cursorOf } from '../../src/kernel/page.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { bench } from '../bench.ts'

// A cursor has the form of ours and values of anybody's: no list may break over them.

const ID = '0190a000-0000-7000-8000-00000000abcd'
const ODD = [null, -1, 1.5, 1e12, 'x', 'x\u0000y', ID, 'GH-99999999999'] as const
const CURSORS = ODD.flatMap((one) => [
  cursorOf([one]),
  ...ODD.flatMap((other) => [cursorOf([one, other]), cursorOf([one, other, 'GH-1'])]),
])

const fieldsOf = ({ input }: AnyOperation): Readonly<Record<string, unknown>> => {
  const { properties } = inputSchema(input)
  return isRecord(properties) ? properties : {}
}

/** What is there to be listed, under the names that lists ask for. */
const NAMED = { key: 'GH-1', id: 'GH', name: 'one', project: 'GH', at: 'GH' }

/** Lists that mean something else by one of these names. */
const OTHERWISE: Readonly<Record<string, object>> = {
  'context.list_aligned_tasks': { id: 'O-1' },
}

/** Makes the inputs of a list: one for each order that it knows. */
const inputsOf = (operation: AnyOperation): readonly object[] => {
  const fields = fieldsOf(operation)
  const wanted = { ...NAMED, ...OTHERWISE[operation.name] }
  const named = Object.fromEntries(Object.entries(wanted).filter(([name]) => name in fields))
  const { sort } = fields
  const orders = isRecord(sort) && Array.isArray(sort['enum']) ? sort['enum'] : []
  return orders.length === 0 ? [named] : orders.map((order) => ({ ...named, sort: order }))
}

test('a list answers or refuses every cursor that has the right form', async () => {
  const { run, given, house } = await bench()
  await given.project()
  await given.tasks([{ title: 'One' }, { title: 'Two' }])
  await run('context.save_objective', { title: 'Ship', places: ['GH'] })
  await run('tools.create_webhook', { name: 'one', scheme: 'github', project: 'GH' })
  const out = { name: 'one', url: 'https://example.org/', events: ['*'], project: 'GH' }
  await run('tools.create_subscription', out)
  const lists = house.hall.operations.filter((one) => 'cursor' in fieldsOf(one))
  expect(lists.length).toBeGreaterThan(20)
  const faults = new Set<string>()
  for (const list of lists) {
    for (const input of inputsOf(list)) {
      // Without a cursor it must be found, or the cursors would not be looked at.
      await run(list.name, input)
      for (const cursor of CURSORS) {
        await run(list.name, { ...input, cursor }).catch((error: unknown) => {
          if (error instanceof Refusal && error.kind === 'invalid') return
          faults.add(`${list.name} ${JSON.stringify(input)}: ${String(error)}`)
        })
      }
    }
  }
  expect([...faults]).toEqual([])
}, 60_000)
