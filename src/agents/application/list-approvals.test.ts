import { expect, test } from 'vitest'
import { askFor, atPage, wishOf } from '../../../test/approvals.ts'
import { bench } from '../../../test/bench.ts'

const list = 'agents.list_approvals'
type Page = { items: { key: string; state: string; yours: boolean; args: string | null }[] }

const withInbox = async () => {
  const b = await bench()
  await b.given.project()
  await b.given.project('OPS')
  const dev = await b.given.agent('dev-1', ['GH', 'OPS'])
  const ids = await b.database.read(b.orgId)<{ key: string; id: string }>`
    select key, id from work.project where org_id = ${b.orgId}`
  const idOf = (key: string) => ids.find((one) => one.key === key)?.id ?? ''
  const page = (person = b.owner) => atPage(person, b.clock.now())
  const keys = async (input: object, as = b.owner) =>
    (await b.run<Page>(list, input, as)).items.map(({ key }) => key)
  return { ...b, dev, page, idOf, keys }
}

test('the inbox has what is open first, each with its exact arguments', async () => {
  const b = await withInbox()
  for (let at = 0; at < 3; at++) await askFor(b, b.dev, { projectId: b.idOf('GH') })
  await b.run('agents.decide_approval', { key: 'AP-3', decision: 'deny' }, b.page())
  expect(await b.keys({})).toEqual(['AP-2', 'AP-1', 'AP-3'])
  const { items } = await b.run<Page>(list, { state: 'open', limit: 1 })
  expect(items[0]).toMatchObject({
    ...{ key: 'AP-2', kind: 'tool', state: 'open', text: 'Delete the branch gone', needs: 1 },
    args: '{\n  "branch": "gone",\n  "force": true\n}',
    ...{ risk: 'normal', requester: 'dev-1', onBehalfOf: 'owner', project: 'GH', yours: true },
  })
  expect(await b.say(list, { state: 'open', limit: 1 })).toMatch(
    /^AP-2 open 30m left tool @dev-1 Delete the branch gone\n1 of 2, more: c_/,
  )
  expect(await b.say(list, { state: 'changes' })).toBe('No approvals.')
})

test('pages join without a hole or a twin, across the end of the open ones', async () => {
  const b = await withInbox()
  for (let at = 0; at < 7; at++) await askFor(b, b.dev)
  for (const key of ['AP-2', 'AP-5', 'AP-7']) {
    await b.run('agents.decide_approval', { key, decision: 'approve' }, b.page())
  }
  type Paged = Page & { next: string | null; total: number }
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const more: Paged = await b.run<Paged>(list, { limit: 2, ...(cursor !== null && { cursor }) })
    expect(more.total).toBe(7)
    seen.push(...more.items.map(({ key }) => key))
    cursor = more.next
  } while (cursor !== null)
  expect(seen).toEqual(['AP-6', 'AP-4', 'AP-3', 'AP-1', 'AP-7', 'AP-5', 'AP-2'])
  for (const given of ['c_WzIsMV0', 'c_WzEsMF0', 'c_WzEsIngiXQ', 'nonsense']) {
    expect(await b.refused(list, { cursor: given })).toMatchObject({ kind: 'invalid' })
  }
})

test('A5: everybody sees what they may decide, what they asked for, and no more', async () => {
  const b = await withInbox()
  const lia = await b.given.person('lia')
  await b.run('identity.give_role', { handle: 'lia', role: 'lead', project: 'OPS' })
  const mo = await b.given.person('mo')
  const other = await b.given.agent('dev-2', ['GH'])
  await askFor(b, b.dev, { projectId: b.idOf('GH') })
  await askFor(b, b.dev, { projectId: b.idOf('OPS') })
  await askFor(b, other)
  await askFor(b, mo, { projectId: b.idOf('GH') })
  expect(await b.keys({})).toEqual(['AP-4', 'AP-3', 'AP-2', 'AP-1'])
  expect(await b.keys({}, lia)).toEqual(['AP-2'])
  expect(await b.keys({}, mo)).toEqual(['AP-4'])
  expect(await b.keys({}, b.dev)).toEqual(['AP-2', 'AP-1'])
  expect(await b.keys({}, other)).toEqual(['AP-3'])
  // The agents ask in the owner's name; what Mo asked for is not the owner's.
  expect(await b.keys({ own: true })).toEqual(['AP-3', 'AP-2', 'AP-1'])
  const { items } = await b.run<Page>(list, {}, mo)
  expect(items[0]).toMatchObject({ yours: false })
})

test('a deny or a cut takes the approvals of a project out of an inbox', async () => {
  const b = await withInbox()
  const bo = await b.given.person('bo', 'admin')
  await askFor(b, b.dev, { projectId: b.idOf('GH') })
  await askFor(b, b.dev, { projectId: b.idOf('OPS') })
  await askFor(b, b.dev)
  const scoped = { ...bo, projects: new Set([b.idOf('OPS')]) }
  expect(await b.keys({}, scoped)).toEqual(['AP-2'])
  const deny = { principal: 'bo', permissions: ['approval:decide'], effect: 'deny', on: 'GH' }
  await b.run('identity.give_grant', deny)
  await b.ledger()
  expect(await b.keys({}, bo)).toEqual(['AP-3', 'AP-2'])
})

test('long arguments are left out of lists, and whole where one is read', async () => {
  const b = await withInbox()
  const args = { text: 'x'.repeat(5_000) }
  await askFor(b, b.dev, { bound: { ...wishOf().bound, args } })
  expect((await b.run<Page>(list, {})).items[0]?.args).toBeNull()
  const { args: whole } = await b.run<{ args: string }>('agents.show_approval', { key: 'AP-1' })
  expect(JSON.parse(whole)).toEqual(args)
})

test('what is shown hides nothing', async () => {
  const b = await withInbox()
  const args = { path: 'safe\u202etxt.exe' }
  const text = 'Write\u200b the file'
  await askFor(b, b.dev, { text, bound: { ...wishOf().bound, args } })
  expect((await b.run<Page>(list, {})).items[0]).toMatchObject({
    text: 'Write\\u200b the file',
    args: '{\n  "path": "safe\\u202etxt.exe"\n}',
  })
  expect(await b.say('agents.show_approval', { key: 'AP-1' })).toBe(
    [
      'AP-1 open, 30m left: Write\\u200b the file',
      ...['kind: tool, risk normal', 'asked by: @dev-1 for @owner', 'tool: git__delete_branch'],
      'arguments: {\n  "path": "safe\\u202etxt.exe"\n}',
    ].join('\n'),
  )
})

test('what somebody wrote is given out, and goes where that is asked for', async () => {
  const b = await withInbox()
  const mo = await b.given.person('mo', 'admin')
  await askFor(b, mo)
  await askFor(b, b.dev)
  const no = { key: 'AP-2', decision: 'deny', reason: 'Mo thinks not' }
  await b.run('agents.decide_approval', no, b.page(mo))
  await b.ledger()
  await b.run('identity.erase_subject', { handle: 'mo', confirm: 'mo', content: true }, b.page())
  await b.ledger()
  const [asked] = (await b.run<Page>(list, {})).items.filter(({ key }) => key === 'AP-1')
  expect(asked).toMatchObject({ state: 'withdrawn', text: '[erased]', args: '"[erased]"' })
  expect(await b.run('agents.show_approval', { key: 'AP-2' })).toMatchObject({
    ...{ state: 'denied', reason: '[erased]', text: 'Delete the branch gone' },
  })
  const texts = JSON.stringify((await b.ledger()).map(({ parts }) => parts))
  expect(texts).not.toContain('Mo thinks not')
  expect(await b.verify()).toMatchObject({ ok: true })
})
