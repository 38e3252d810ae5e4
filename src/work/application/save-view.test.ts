import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { OWN_VIEWS_MAX } from '../domain/saved-view.ts'

const hall = async () => {
  const words = await bench()
  await words.given.project('GH')
  const names = async (as = words.owner) => {
    const { items } = await words.run('work.list_views', { project: 'GH' }, as)
    return items.map(({ id, name }: { id: number; name: string }) => `${id} ${name}`)
  }
  return { ...words, names }
}

test('a view is kept, renamed, shared and deleted, and each of it is told', async () => {
  const { run, say, ledger, names } = await hall()
  const kept = { project: 'GH', name: 'My bugs', query: '?q=type%3Abug' }
  expect(await run('work.save_view', kept)).toEqual({
    ...{ project: 'GH', id: 1, name: 'My bugs', query: 'q=type%3Abug' },
    ...{ shared: false, mine: true },
  })
  await run('work.save_view', { project: 'GH', id: 1, name: 'All bugs', shared: true })
  expect(await say('work.list_views', { project: 'GH' })).toBe('1 All bugs (shared) ?q=type%3Abug')
  await run('work.remove_view', { project: 'GH', id: 1 })
  expect(await names()).toEqual([])
  const told = (await ledger()).filter(({ name }) => name === 'work.view_changed')
  expect(told.map(({ data }) => [data['what'], data['shared'], data['version']])).toEqual([
    ['saved', false, 1],
    ['saved', true, 2],
    ['removed', true, 2],
  ])
  expect(JSON.stringify(told.map(({ data }) => data))).not.toContain('bugs')
})

test('others see what is shared, and change only what is theirs', async () => {
  const { given, run, refused, names } = await hall()
  const ana = await given.person('ana')
  await run('work.save_view', { project: 'GH', name: 'Owner only' })
  await run('work.save_view', { project: 'GH', name: 'For all', shared: true })
  await run('work.save_view', { project: 'GH', name: 'Of Ana' }, ana)
  expect(await names(ana)).toEqual(['2 For all', '3 Of Ana'])
  expect(await names()).toEqual(['2 For all', '1 Owner only'])
  const hidden = await refused('work.save_view', { project: 'GH', id: 1, name: 'Mine' }, ana)
  expect(hidden).toMatchObject({ kind: 'not_found' })
  const shared = await refused('work.remove_view', { project: 'GH', id: 2 }, ana)
  expect(shared).toMatchObject({ code: 'work.view_not_yours' })
  const sharing = await refused('work.save_view', { project: 'GH', id: 3, shared: true }, ana)
  expect(sharing).toMatchObject({ kind: 'forbidden', code: 'work.view_not_yours' })
})

test('nobody sees views of a project that they may not read', async () => {
  const { given, refused } = await hall()
  await given.project('OPS')
  const dev = await given.agent('dev-1', ['OPS'])
  const answer = await refused('work.list_views', { project: 'GH' }, dev)
  expect(answer).toMatchObject({ kind: 'not_found' })
})

test('one view too many is refused, and says how many there may be', async () => {
  const { run, refused } = await hall()
  for (let count = 0; count < OWN_VIEWS_MAX; count++) {
    await run('work.save_view', { project: 'GH', name: `View ${count}` })
  }
  const one = await refused('work.save_view', { project: 'GH', name: 'One more' })
  expect(one).toMatchObject({ code: 'work.too_many_views', details: { limit: OWN_VIEWS_MAX } })
  await run('work.save_view', { project: 'GH', name: 'A shared one', shared: true })
})
