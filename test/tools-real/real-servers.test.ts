import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '../../src/kernel/actor.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { atPage } from '../approvals.ts'
import { bench, testHouse } from '../bench.ts'
import { startTestHub } from '../hub.ts'
import type { Place } from './place.ts'
import { makePlace } from './place.ts'
import type { RealServer } from './real-servers.ts'
import { REAL_SERVERS, SHOWN_SERVERS } from './real-servers.ts'

// Real servers of the catalogue through the hub: added, installed, started in their sandboxes,
// called by people and agents under the rules that the catalogue gives them, recorded, and ended.

const INSTALL_MS = 600_000
const END_MS = 15_000
// As the launcher has it.
const PROGRAMS_MAX = 16
const PACKAGES = join(import.meta.dirname, '../../node_modules/.cache/guildhall-tools')

let place: Place

beforeAll(async () => {
  place = await makePlace()
  const { fixtures } = await testHouse()
  // What other runs have installed is not installed again.
  mkdirSync(PACKAGES, { recursive: true })
  symlinkSync(PACKAGES, join(fixtures.toolsFolder, 'packages'))
}, INSTALL_MS)
afterAll(() => place.stop())

type Hall = Awaited<ReturnType<typeof bench>>
type Skip = (note: string) => void
type Answer = Readonly<{
  key: string
  state: string
  text: string
  isError: boolean
  approval: string | null
}>

describe('a server of the catalogue, added to the hub, answers a person and is recorded', () => {
  test.for(SHOWN_SERVERS)('$key', { timeout: INSTALL_MS }, async (real, { skip }) => {
    const hall = await bench()
    const slug = await added(hall, real, skip)
    const answer = await called(hall, `${slug}__${real.tool}`, real.args(place))
    expect(answer).toMatchObject({
      text: expect.stringContaining(real.answer),
      ...{ isError: real.isError ?? false, state: real.isError ? 'failed' : 'done' },
    })
    await expectRecorded(hall, { answer, tool: real.tool, server: slug, by: 'owner' })
    if (real.next !== undefined) {
      const next = await called(hall, `${slug}__${real.next.tool}`, real.next.args)
      expect(next).toMatchObject({ state: 'done', text: expect.stringContaining(real.next.answer) })
    }
    await expectEnds(hall, slug)
  })
})

describe('an agent uses a real server within its claim', () => {
  test('memory', { timeout: INSTALL_MS }, async ({ skip }) => {
    const hall = await bench()
    const real = realNamed('memory')
    const slug = await added(hall, real, skip)
    const tool = `${slug}__${real.tool}`
    await hall.given.project('GH')
    const [first = ''] = await hall.given.tasks([{ title: 'Write down who keeps the keys' }])
    const dev = await hall.given.agent('dev-1', ['GH'])
    // To change something, an agent needs a task, or a person who says yes.
    const early = await hall.run<Answer>(
      'tools.call_tool',
      { name: tool, args: real.args(place) },
      dev,
    )
    expect(early).toMatchObject({ state: 'parked', approval: 'AP-1' })
    await hall.run('work.next_task', { id: first }, dev)
    const answer = await called(hall, tool, real.args(place), dev)
    expect(answer).toMatchObject({ state: 'done', text: expect.stringContaining(real.answer) })
    await expectRecorded(hall, { answer, tool: real.tool, server: slug, by: 'dev-1' })
    await expectEnds(hall, slug)
  })

  test('dbhub', { timeout: INSTALL_MS }, async ({ skip }) => {
    const hall = await bench()
    const real = realNamed('dbhub')
    const slug = await added(hall, real, skip)
    await hall.given.project('GH')
    await hall.given.tasks([{ title: 'Find the name of the stone' }])
    const dev = await hall.given.agent('dev-1', ['GH'])
    await hall.run('work.next_task', {}, dev)
    const answer = await called(hall, `${slug}__${real.tool}`, real.args(place), dev)
    // It may destroy, so a person was asked; it has a credential, so there was a lease.
    expect(answer).toMatchObject({ state: 'done', text: expect.stringContaining(real.answer) })
    expect(answer.approval).toBe('AP-1')
    await expectRecorded(hall, { answer, tool: real.tool, server: slug, by: 'dev-1' })
    const names = (await hall.ledger()).map(({ name }) => name)
    expect(names).toContain('tools.lease_taken')
    await expectEnds(hall, slug)
  })
})

test('more servers are in use than programs may run', { timeout: INSTALL_MS }, async ({ skip }) => {
  const hall = await bench()
  const { run, fixtures } = hall
  const slugs = Array.from({ length: PROGRAMS_MAX + 2 }, (_, number) => `graph-${number}`)
  for (const slug of slugs) await added(hall, { ...realNamed('memory'), slug }, skip)
  // The first ones had to go for the last ones, and come back when they are called.
  for (const slug of [...slugs.slice(0, 2), ...slugs.slice(-2)]) {
    const answer = await called(hall, `${slug}__read_graph`, {})
    expect(answer).toMatchObject({ state: 'done', text: expect.stringContaining('entities') })
  }
  const records = readdirSync(join(fixtures.toolsFolder, 'running'))
  expect(records.length).toBeLessThanOrEqual(PROGRAMS_MAX)
  for (const slug of slugs) await run('tools.remove_tool_server', { slug })
})

test('the document of a running Guildhall becomes tools that work', {
  timeout: INSTALL_MS,
}, async () => {
  const other = await startTestHub()
  try {
    const hall = await bench()
    const { run } = hall
    await run('tools.add_tool_server', {
      ...{ slug: 'other', kind: 'openapi', url: local(other.url), trust: true },
      ...{ documentUrl: `${local(other.url)}/openapi.json`, rules: { untrusted: false } },
      ...{ credential: 'shared', auth: { kind: 'bearer' } },
    })
    await run('tools.connect_account', { server: 'other', value: other.ownerKey })
    expect(await run('tools.refresh_tools', { slug: 'other' })).toMatchObject({ failure: null })
    const { items } = await run('tools.find_tools', { server: 'other' })
    expect(items.length).toBeGreaterThan(100)
    const project = { key: 'FAR', name: 'Far away' }
    const made = await run<Answer>('tools.call_tool', {
      ...{ name: 'other__work_create_project', args: project },
    })
    expect(made).toMatchObject({ state: 'done', isError: false })
    const read = await run<Answer>('tools.call_tool', { name: 'other__work_list_projects' })
    expect(read).toMatchObject({ state: 'done', text: expect.stringContaining('Far away') })
    // It happened there, by the owner's key, which nobody here has seen.
    const there = await other.api('GET', '/v1/projects')
    expect(JSON.stringify(there.body)).toContain('Far away')
    const recorded = { answer: made, tool: 'work_create_project', server: 'other', by: 'owner' }
    await expectRecorded(hall, recorded)
  } finally {
    await other.stop()
  }
})

const local = (url: string): string => url.replace('//localhost:', '//127.0.0.1:')

const realNamed = (key: string): RealServer => {
  const found = REAL_SERVERS.find((real) => real.key === key)
  if (found === undefined) throw new Error(`${key} is not among the real servers.`)
  return found
}

type Wish = RealServer & Readonly<{ slug?: string }>

/** Adds a server as an administrator does, with its credential; gives its short name. */
const added = async ({ run }: Hall, real: Wish, skip: Skip): Promise<string> => {
  const wish = { entry: real.key, parameters: real.parameters?.(place) ?? {} }
  const { slug } = await run('tools.add_tool', { ...wish, slug: real.slug }).catch(
    (error: unknown) => {
      const isAway = error instanceof Refusal && error.details['reason'] === 'away'
      if (isAway) skip(`${real.key} is not proven: the package registry is away.`)
      throw error
    },
  )
  if (real.secret !== undefined) {
    await run('tools.connect_account', { server: slug, value: real.secret(place) })
    expect(await run('tools.refresh_tools', { slug })).toMatchObject({ failure: null })
  }
  return slug
}

/** Calls a tool; where somebody has to approve it first, an administrator does. */
const called = async (hall: Hall, name: string, args: object, as?: Actor): Promise<Answer> => {
  const { run, given, clock, house, due } = hall
  const answer = await run<Answer>('tools.call_tool', { name, args }, as)
  if (answer.state !== 'parked') return answer
  const ana = atPage(await given.person('ana', 'admin'), clock.now())
  await run('agents.decide_approval', { key: answer.approval, decision: 'approve' }, ana)
  await house.settle()
  await due('tools.resume_calls')
  const after = await run<Answer>('tools.get_tool_call', { key: answer.key }, as)
  return { ...after, approval: answer.approval }
}

type Wanted = Readonly<{ answer: Answer; tool: string; server: string; by: string }>

/** Looks for a call in the record of calls and in the ledger. */
const expectRecorded = async (hall: Hall, { answer, tool, server, by }: Wanted): Promise<void> => {
  const { key, state } = answer
  const { items } = await hall.run('tools.list_tool_calls', {})
  expect(items).toContainEqual(expect.objectContaining({ key, tool, server, by, state }))
  const ended = (await hall.ledger()).filter(({ name }) => name === 'tools.call_ended')
  expect(ended.map(({ data }) => data)).toContainEqual(
    expect.objectContaining({ key, tool, outcome: state }),
  )
}

/** Removes a server, after which nothing of its program is left. */
const expectEnds = async ({ run, fixtures }: Hall, slug: string): Promise<void> => {
  const family = processesBelow(join(fixtures.toolsFolder, 'homes'))
  expect(family.length).toBeGreaterThan(0)
  await run('tools.remove_tool_server', { slug })
  const left = () => family.filter(({ pid, start }) => processOf(pid)?.start === start)
  await expect.poll(left, { timeout: END_MS }).toEqual([])
  // What a later hub would look for to end it.
  const records = join(fixtures.toolsFolder, 'running')
  await expect.poll(() => readdirSync(records), { timeout: END_MS }).toEqual([])
}

type Process = Readonly<{ pid: string; parent: string; start: string }>

/** Lists the processes with a home below this folder, and all that they have started. */
const processesBelow = (homes: string): readonly Process[] => {
  const all = readdirSync('/proc').flatMap((pid) =>
    /^\d+$/.test(pid) ? (processOf(pid) ?? []) : [],
  )
  const family = new Map(all.filter(({ pid }) => isAt(pid, homes)).map((one) => [one.pid, one]))
  // Browsers write over their variables; their parents do not.
  for (let before = -1; before < family.size; ) {
    before = family.size
    for (const one of all) if (family.has(one.parent)) family.set(one.pid, one)
  }
  return [...family.values()]
}

const isAt = (pid: string, homes: string): boolean =>
  (read(`/proc/${pid}/environ`) ?? '').split('\0').some((one) => one.startsWith(`HOME=${homes}`))

const processOf = (pid: string): Process | null => {
  const facts = read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  // Behind the name: state, parent, and as the twentieth the moment of the start.
  return facts ? { pid, parent: facts[1] ?? '', start: facts[19] ?? '' } : null
}

/** Reads a file of the process table; `null`: it has ended, or belongs to somebody else. */
const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
