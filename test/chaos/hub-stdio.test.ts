import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { Refusal } from '../../src/kernel/refusal.ts'
import { addProgram, FREE, puppetWith, type ToolsHouse, toolsHouse } from '../tools/house.ts'
import { said, toolNamed } from '../tools/puppet.ts'
import { inTime, until } from '../journeys/ground.ts'
import { mark, processesWith } from '../journeys/tools-ground.ts'

// Programs that do harm behind the hub: each tool of `chaos-program.ts` is one way to.

const SCRIPT = fileURLToPath(new URL('chaos-program.ts', import.meta.url))

let house: ToolsHouse
beforeAll(async () => {
  house = await toolsHouse()
})

const codeOf = (promise: Promise<{ state: string }>): Promise<string> =>
  promise.then(
    ({ state }) => state,
    (error: unknown) => {
      if (error instanceof Refusal) return error.code
      throw error
    },
  )

const program = async (slug: string, rules: object = {}) => {
  await addProgram(house, { slug, script: SCRIPT, rules: { ...FREE, timeoutMs: 2_500, ...rules } })
  await house.refresh(slug)
}

const remove = (slug: string) => house.run('tools.remove_tool_server', { slug })

/** What each harm ends in for a call that may be repeated, and for one that may not. */
const ENDS: readonly (readonly [tool: string, read: string, write: string])[] = [
  ['well', 'done', 'done'],
  ['noise', 'done', 'done'],
  ['flood', 'done', 'done'],
  ['twice', 'done', 'done'],
  ['stderr_flood', 'done', 'done'],
  ['silent', 'tools.upstream_late', 'tools.outcome_unknown'],
  ['wrong_id', 'tools.upstream_late', 'tools.outcome_unknown'],
  ['crash', 'tools.upstream_away', 'tools.outcome_unknown'],
  ['half', 'tools.upstream_away', 'tools.outcome_unknown'],
  ['huge', 'tools.too_large', 'tools.outcome_unknown'],
  ['no_form', 'tools.upstream_protocol', 'tools.outcome_unknown'],
]

test.each(ENDS)(
  'a program whose tool is %s ends with %s, and with %s where it writes',
  async (tool, read, write) => {
    const name = tool.replaceAll('_', '-').slice(0, 10)
    await program(`r${name}`, { effect: 'read' })
    await program(`w${name}`, { effect: 'write' })
    const [one, other] = await inTime(
      tool,
      Promise.all([
        codeOf(house.tool(`r${name}__${tool}`)),
        codeOf(house.tool(`w${name}__${tool}`)),
      ]),
      20_000,
    )
    // On a machine that is busy, the second start of a program that died may come too late.
    const ends = read === 'tools.upstream_away' ? [read, 'tools.upstream_late'] : [read]
    expect(ends).toContain(one)
    expect(other).toBe(write)
    await Promise.all([remove(`r${name}`), remove(`w${name}`)])
  },
)

test('a program that died is started anew for the next call, until it dies too often', async () => {
  await program('mortal', { effect: 'write' })
  expect(await codeOf(house.tool('mortal__well'))).toBe('done')
  expect(await codeOf(house.tool('mortal__crash'))).toBe('tools.outcome_unknown')
  expect(await codeOf(house.tool('mortal__well'))).toBe('done')
  const codes: string[] = []
  for (let turn = 0; turn < 6; turn += 1) codes.push(await codeOf(house.tool('mortal__crash')))
  expect(codes.slice(0, 3)).toEqual(Array(3).fill('tools.outcome_unknown'))
  // Left alone by then: nothing is sent to it, so nothing about these is unknown.
  expect(['tools.upstream_away', 'tools.upstream_open']).toContain(codes.at(-1))
  await house.run('tools.reset_tool', { slug: 'mortal' })
  expect(await codeOf(house.tool('mortal__well'))).toBe('done')
  await remove('mortal')
})

test('beside a program that hangs, others answer and lists come at once', async () => {
  const healthy = await puppetWith([toolNamed('echo')])
  await house.connect(healthy, { slug: 'well' })
  await program('stuck', { effect: 'read', timeoutMs: 4_000 })
  const stuck = Array.from({ length: 6 }, () => codeOf(house.tool('stuck__silent')))
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => codeOf(house.tool('well__echo'))),
  )
  expect(answers).toEqual(Array(20).fill('done'))
  expect(await house.say('tools.find_tools', { server: 'stuck' })).toContain('stuck__silent')
  const left = await Promise.race([Promise.all(stuck), Promise.resolve('still waiting')])
  expect(left).toBe('still waiting')
  expect(new Set(await Promise.all(stuck))).toEqual(new Set(['tools.upstream_late']))
  await remove('stuck')
}, 20_000)

test('a server takes as many calls at a time as it may, and refuses more', async () => {
  const puppet = await puppetWith([toolNamed('slow')])
  const gate = Promise.withResolvers<void>()
  let most = 0
  let now = 0
  puppet.acts.set('slow', async () => {
    now += 1
    most = Math.max(most, now)
    await gate.promise
    now -= 1
    return said('done')
  })
  await house.connect(puppet, { slug: 'narrow', rules: { ...FREE, effect: 'write' } })
  const callers = [house.owner, house.ana, await house.given.person('cleo', 'admin')]
  const calls = callers.flatMap((as) =>
    Array.from({ length: 30 }, () => codeOf(house.tool('narrow__slow', {}, as))),
  )
  await until('the places are taken', () => now === 16)
  gate.resolve()
  const codes = await Promise.all(calls)
  expect(most).toBe(16)
  const kinds = new Set(codes)
  expect(kinds.has('done')).toBe(true)
  for (const kind of kinds) expect(['done', 'tools.busy']).toContain(kind)
  expect(puppet.calls().length).toBe(codes.filter((code) => code === 'done').length)
  await remove('narrow')
})

test('fifty calls under one key are one call of the server', async () => {
  const puppet = await puppetWith([toolNamed('pay')])
  const gate = Promise.withResolvers<void>()
  puppet.acts.set('pay', async () => {
    await gate.promise
    return said('paid')
  })
  await house.connect(puppet, { slug: 'bank', rules: { ...FREE, effect: 'write' } })
  const calls = Array.from({ length: 50 }, () =>
    house.tool('bank__pay', { sum: 7 }, house.owner, 'one'),
  )
  await until('the call is there', () => puppet.calls().length > 0)
  gate.resolve()
  const answers = await Promise.all(calls)
  expect(puppet.calls()).toEqual([{ sum: 7 }])
  expect(new Set(answers.map(({ key }) => key)).size).toBe(1)
  const again = await house.tool('bank__pay', { sum: 7 }, house.owner, 'one')
  expect(again).toMatchObject({ state: 'done', text: 'paid' })
  expect(puppet.calls()).toHaveLength(1)
  await remove('bank')
})

test('a caller who hangs up leaves a record, and what was sent is not sent again', async () => {
  const puppet = await puppetWith([toolNamed('slow')])
  const gate = Promise.withResolvers<void>()
  puppet.acts.set('slow', async () => {
    await gate.promise
    return said('done')
  })
  await house.connect(puppet, { slug: 'gone', rules: { ...FREE, effect: 'write' } })
  const operation = house.house.pipeline.operations.get('tools.call_tool')
  if (operation === undefined) throw new Error('There is no such operation.')
  const leaving = new AbortController()
  const { pipeline } = house.house
  const asked = { actor: house.owner, door: 'mcp', signal: leaving.signal } as const
  const call = pipeline.run(operation, { name: 'gone__slow', args: {} }, asked)
  const ended = Promise.resolve(call).then(
    () => 'answered',
    () => 'refused',
  )
  await until('the call is there', () => puppet.calls().length === 1)
  leaving.abort()
  expect(await inTime('the end', ended)).toBe('refused')
  gate.resolve()
  const { items } = await house.run('tools.list_tool_calls', { server: 'gone' })
  expect(items).toMatchObject([{ tool: 'slow', state: 'unknown' }])
  expect(puppet.calls()).toHaveLength(1)
  await remove('gone')
})

const PROGRAMS_MAX = 16

test('no more programs run than may: an idle one makes room, a busy one does not', async () => {
  const word = mark()
  const slugs = Array.from({ length: PROGRAMS_MAX + 1 }, (_, at) => `p${at}`)
  const fresh = await toolsHouse()
  const rules = { ...FREE, effect: 'read', timeoutMs: 12_000 }
  for (const slug of slugs) await addProgram(fresh, { slug, script: SCRIPT, argv: [word], rules })
  // Programs of the tests before may still be ending.
  for (const slug of slugs) {
    await until(`${slug} runs`, async () => (await fresh.refresh(slug)).failure === null)
    expect((await processesWith(word)).length).toBeLessThanOrEqual(PROGRAMS_MAX)
  }
  // The first has made room for the last; all that run by now are busy from here on.
  const [first = '', ...rest] = slugs
  const busy = rest.map((slug) => codeOf(fresh.tool(`${slug}__silent`)))
  const atIt = async () => (await processesWith(`silent ${word}`)).length
  await until('each of them is at it', async () => (await atIt()) === rest.length)
  expect((await fresh.refresh(first)).failure).toContain('As many programs run')
  expect((await processesWith(word)).length).toBe(PROGRAMS_MAX)
  expect(new Set(await Promise.all(busy))).toEqual(new Set(['tools.upstream_late']))
  for (const slug of rest) await fresh.run('tools.remove_tool_server', { slug })
  await until('a place is free', async () => (await fresh.refresh(first)).failure === null)
  expect((await fresh.tool(`${first}__well`)).state).toBe('done')
  await fresh.run('tools.remove_tool_server', { slug: first })
  await until('none is left', async () => (await processesWith(word)).length === 0)
}, 120_000)
