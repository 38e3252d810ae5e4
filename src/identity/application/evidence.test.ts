import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { evidenceWorld } from '../../../test/attack/ledger-world.ts'

type Found = {
  items: { pos: number; event: string; actor: string; operation: string; outcome: string }[]
  next: string | null
}
type Bench = Awaited<ReturnType<typeof bench>>

/** Opens an export and reads its lines, as a door does. */
const linesOf = async ({ house, owner, run }: Bench, input: object): Promise<string[]> => {
  const operation = house.pipeline.operations.get('identity.export_ledger')
  if (!operation) throw new Error('There is an export.')
  const output = await run('identity.export_ledger', input)
  const lines: string[] = []
  for await (const line of house.hall.lines(operation, output, owner)) lines.push(line)
  return lines
}

const hall = async () => {
  const world = await bench()
  const { given, house } = world
  await given.project()
  await given.tasks([{ title: 'One' }, { title: 'Canary' }])
  const dev = await given.agent('dev-1', ['GH'])
  await house.settle()
  return { ...world, dev }
}

test('the verdict over a fresh ledger says how far it is signed, sealed and erased', async () => {
  const { run, say, ledger } = await hall()
  const to = (await ledger()).length
  expect(await run('identity.verify_ledger')).toEqual({
    ok: true,
    from: 1,
    to,
    signedTo: 0,
    unsealed: 0,
    erased: 0,
    lost: [],
    firstBad: null,
  })
  expect(await say('identity.verify_ledger')).toBe(
    `The ledger is whole: positions 1 to ${to}, signed to 0.`,
  )
})

test('events are found by who did it, by operation, by name and by their beginning', async () => {
  const { run, owner } = await hall()
  const find = (input: object) => run<Found>('identity.find_events', input)
  const made = await find({ event: 'work.project_changed' })
  expect(made.items).toMatchObject([
    { actor: owner.handle, kind: 'person', operation: 'work.create_project', outcome: 'ok' },
  ])
  const byOperation = await find({ operation: 'identity.create_agent' })
  expect(byOperation.items.length).toBeGreaterThan(0)
  expect(byOperation.items.every((one) => one.operation === 'identity.create_agent')).toBe(true)
  const all = await find({ event: 'identity.*', limit: 100 })
  expect(all.items.every(({ event }) => event.startsWith('identity.'))).toBe(true)
  expect((await find({ actor: 'dev-1' })).items).toEqual([])
  expect((await find({ outcome: 'failed' })).items).toEqual([])
})

test('events are found by a project’s key, by an id and by time', async () => {
  const { run, clock, dev } = await hall()
  const find = (input: object) => run<Found>('identity.find_events', input)
  const ofProject = await find({ object: 'GH', limit: 100 })
  expect(ofProject.items.map(({ event }) => event)).toContain('work.project_changed')
  expect((await find({ object: dev.id })).items.length).toBeGreaterThan(0)
  const later = new Date(clock.now() + 60_000).toISOString()
  expect((await find({ since: later })).items).toEqual([])
  expect((await find({ until: later })).items.length).toBeGreaterThan(0)
})

test('pages of events follow each other without a hole', async () => {
  const { run, ledger } = await hall()
  const all = (await ledger()).map(({ pos }) => pos).toReversed()
  const seen: number[] = []
  let cursor: string | undefined
  do {
    const page: Found = await run('identity.find_events', { limit: 3, ...(cursor && { cursor }) })
    seen.push(...page.items.map(({ pos }) => pos))
    cursor = page.next ?? undefined
  } while (cursor)
  expect(seen).toEqual(all)
})

test('texts and names leave with the erasable parts only where that is asked for', async () => {
  const world = await hall()
  const plain = await linesOf(world, { format: 'jsonl' })
  const full = await linesOf(world, { format: 'jsonl', private: true })
  const ocsf = await linesOf(world, { format: 'ocsf', private: true })
  expect(plain.join('')).not.toContain('Canary')
  expect(full.join('')).toContain('Canary')
  expect(ocsf.join('')).not.toContain('Canary')
  expect(ocsf.every((line) => JSON.parse(line).specversion === '1.0')).toBe(true)
  expect(ocsf.length).toBe(plain.length)
})

test('an export is written into the ledger before its first line leaves', async () => {
  const world = await hall()
  await linesOf(world, {})
  const told = (await world.ledger()).filter(({ name }) => name === 'platform.sensitive_read')
  expect(told).toMatchObject([{ data: { operation: 'identity.export_ledger' } }])
})

test('members may neither read nor export the ledger', async () => {
  const { given, refused } = await hall()
  const member = await given.person('mia')
  for (const name of ['find_events', 'list_checkpoints', 'export_ledger', 'verify_ledger']) {
    expect(await refused(`identity.${name}`, {}, member)).toMatchObject({ kind: 'forbidden' })
  }
  expect(await refused('identity.accept_restore', {}, member)).toMatchObject({ kind: 'forbidden' })
})

test('checkpoints are listed newest first, page by page', async () => {
  const world = await evidenceWorld()
  for (const count of [1, 2, 3]) {
    await world.write(count)
    await world.sign()
  }
  type Listed = { items: { size: number; note: string }[]; next: string | null }
  const first = await world.run<Listed>('identity.list_checkpoints', { limit: 2 })
  const rest = await world.run<Listed>('identity.list_checkpoints', {
    limit: 2,
    cursor: first.next,
  })
  const sizes = [...first.items, ...rest.items].map(({ size }) => size)
  expect(sizes).toHaveLength(3)
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  expect(rest.next).toBeNull()
  expect(first.items[0]?.note).toContain(`guildhall/${world.signer.hubId}/${world.orgId}/1\n`)
  await world.checkpoints.stop()
})

test('an object is found by what people call it, and named so', async () => {
  const { run, refused } = await hall()
  type Named = { items: { about: string | null; event: string }[] }
  const find = (input: object) => run<Named>('identity.find_events', input)
  const ofTask = await find({ object: 'GH-1' })
  expect(ofTask.items).toMatchObject([{ event: 'work.task_created', about: 'GH-1' }])
  const ofAgent = await find({ object: '@dev-1', event: 'identity.principal_added' })
  expect(ofAgent.items).toMatchObject([{ about: '@dev-1' }])
  const inProject = await find({ project: 'GH', event: 'work.*' })
  expect(inProject.items.map(({ about }) => about)).toEqual(['GH-2', 'GH-1', 'GH'])
  expect((await find({ project: 'GH', object: 'GH-2' })).items).toHaveLength(1)
  expect(await refused('identity.find_events', { object: 'GH-99' })).toMatchObject({
    kind: 'not_found',
  })
  expect(await refused('identity.find_events', { object: 'no object' })).toMatchObject({
    code: 'identity.object_not_valid',
  })
})

test('one event is shown with its seal, which follows from the one before it', async () => {
  const { run, refused, ledger } = await hall()
  const { length } = await ledger()
  type Shown = { pos: number; hash: string; before: string | null; digest: string }
  const [one, two] = [length - 1, length].map((pos) => run<Shown>('identity.get_event', { pos }))
  const [before, last] = [await one, await two]
  expect(last?.before).toBe(before?.hash)
  expect(last?.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(last).toMatchObject({ pos: length, signedBy: null })
  expect(await refused('identity.get_event', { pos: length + 1 })).toMatchObject({
    kind: 'not_found',
  })
})

test('the head says how far the ledger is sealed, and what waits', async () => {
  const { run, given, ledger, house } = await hall()
  const { length } = await ledger()
  const head = () => run('identity.get_ledger_head')
  expect(await head()).toMatchObject({ pos: length, waiting: 0, waitingSince: null, signedTo: 0 })
  await given.tasks([{ title: 'Waits' }])
  expect(await head()).toMatchObject({ pos: length, waiting: 1 })
  await house.settle()
  expect(await head()).toMatchObject({ pos: length + 1, waiting: 0 })
})
