import { expect, test, vi } from 'vitest'
import { boardHall, type Fields, isFields, POLL } from './board-hall.ts'
import { focused, group, keysIn, line } from './planner.ts'

vi.setConfig({ testTimeout: 150_000 })

const { v1, given, newAgent, signedIn } = boardHall()

const open = async (key: string, options = {}) => {
  const visited = await signedIn(`/p/${key}/backlog`, options)
  await visited.page.locator('[data-link="live"]').first().waitFor()
  await visited.page.getByRole('heading', { name: 'Backlog' }).first().waitFor()
  return visited
}

const inQueue = (...titles: readonly string[]) =>
  titles.map((title) => ({ title, status: 'Backlog' }))

const cardsOf = async (project: string): Promise<readonly Fields[]> => {
  const { cards } = await v1(`GET /snapshot?project=${project}`)
  return Array.isArray(cards) ? cards.filter(isFields) : []
}

test('a task that is ranked by keys stands there in another browser, too', async () => {
  await given('RANK', inQueue('One', 'Two', 'Three', 'Four'))
  const mine = await open('RANK')
  const other = await open('RANK')
  await line(mine.page, 'RANK-1').focus()
  await mine.page.keyboard.press('Shift+J')
  await mine.page.keyboard.press('Shift+J')
  const order = ['RANK-2', 'RANK-3', 'RANK-1', 'RANK-4']
  await expect.poll(() => keysIn(mine.page, 'backlog'), POLL).toEqual(order)
  await expect.poll(() => focused(mine.page), POLL).toBe('RANK-1')
  await expect.poll(() => keysIn(other.page, 'backlog'), POLL).toEqual(order)
  await line(other.page, 'RANK-4').focus()
  await other.page.keyboard.press('Shift+K')
  const next = ['RANK-2', 'RANK-3', 'RANK-4', 'RANK-1']
  await expect.poll(() => keysIn(mine.page, 'backlog'), POLL).toEqual(next)
  // What others do takes nobody's focus away.
  expect(await focused(mine.page)).toBe('RANK-1')
  await other.page.getByText('RANK-4 moved to Backlog').first().waitFor()
  await other.page.keyboard.press('Control+Z')
  await expect.poll(() => keysIn(mine.page, 'backlog'), POLL).toEqual(order)
  await mine.page.reload()
  await expect.poll(() => keysIn(mine.page, 'backlog'), POLL).toEqual(order)
  await mine.end()
  await other.end()
})

test('tasks go between groups by drag, by keys and by menu, and stay there', async () => {
  await given('MOVE', inQueue('One', 'Two', 'Three'))
  await v1('POST /projects/MOVE/sprints', { data: { goal: 'Open the hall' } })
  const { page, end } = await open('MOVE')
  await line(page, 'MOVE-1').dragTo(group(page, 'sprint-1'))
  await expect.poll(() => keysIn(page, 'sprint-1'), POLL).toEqual(['MOVE-1'])
  await line(page, 'MOVE-2').focus()
  await page.keyboard.press('Shift+H')
  await expect.poll(() => keysIn(page, 'sprint-1'), POLL).toEqual(['MOVE-1', 'MOVE-2'])
  await page.getByText('MOVE-2 moved to Sprint 1').first().waitFor()
  await page.keyboard.press('Shift+K')
  await expect.poll(() => keysIn(page, 'sprint-1'), POLL).toEqual(['MOVE-2', 'MOVE-1'])
  await group(page, 'backlog').getByRole('listitem').first().hover()
  await page.getByRole('button', { name: 'Actions of MOVE-3' }).click()
  await page.getByRole('menuitem', { name: 'Move to a group' }).click()
  await page.getByRole('combobox').fill('tri')
  await page.keyboard.press('Enter')
  await expect.poll(() => keysIn(page, 'triage'), POLL).toEqual(['MOVE-3'])
  // It is shown before the hub has it; only what the hub has can be taken back.
  await page.getByText('MOVE-3 moved to Triage').first().waitFor()
  await page.keyboard.press('Control+Z')
  await expect.poll(() => keysIn(page, 'backlog'), POLL).toEqual(['MOVE-3'])
  await page.keyboard.press('Control+Shift+Z')
  await expect.poll(() => keysIn(page, 'triage'), POLL).toEqual(['MOVE-3'])
  await page.reload()
  await expect.poll(() => keysIn(page, 'sprint-1'), POLL).toEqual(['MOVE-2', 'MOVE-1'])
  const moved = (await cardsOf('MOVE')).map(({ key, sprint, column }) =>
    [key, sprint, column].map(String).join(' '),
  )
  expect(new Set(moved)).toEqual(
    new Set(['MOVE-1 1 Backlog', 'MOVE-2 1 Backlog', 'MOVE-3 null Triage']),
  )
  await end()
})

test('title, estimate, priority, assignee and labels are changed in place by keys', async () => {
  await given('EDIT', inQueue('One'))
  const { page, end } = await open('EDIT')
  const row = line(page, 'EDIT-1')
  await row.focus()
  await page.keyboard.press('t')
  await page.getByLabel('Estimate of EDIT-1').fill('5')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Estimate of EDIT-1: 5 points' }).waitFor()
  await expect.poll(() => focused(page), POLL).toBe('EDIT-1')
  await page.keyboard.press('F2')
  await page.getByLabel('Title of EDIT-1').fill('One and a half')
  await page.keyboard.press('Enter')
  await row.getByText('One and a half').waitFor()
  await page.keyboard.press('p')
  await page.keyboard.type('hi')
  await page.keyboard.press('Enter')
  await row.getByLabel('Priority: high').waitFor()
  await page.keyboard.press('l')
  await page.keyboard.type('roof')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await row.getByText('roof').waitFor()
  await page.keyboard.press('a')
  await page.keyboard.type('owner')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Assignee of EDIT-1: @owner' }).waitFor()
  // All that was done so far is with the hub: what is said from here on is said of what follows.
  await page.getByText('EDIT-1: assignee changed').first().waitFor()
  await page.keyboard.press('t')
  await page.getByLabel('Estimate of EDIT-1').fill('8')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Estimate of EDIT-1: 5 points' }).waitFor()
  await page.keyboard.press('p')
  await page.keyboard.type('low')
  await page.keyboard.press('Enter')
  await row.getByLabel('Priority: low').waitFor()
  await page.getByText('EDIT-1: priority changed').first().waitFor()
  await page.keyboard.press('Control+Z')
  await row.getByLabel('Priority: high').waitFor()
  // What is shown at once is with the hub a moment later.
  const wanted = { title: 'One and a half', points: 5, priority: 'high', labels: ['roof'] }
  await expect
    .poll(async () => (await cardsOf('EDIT'))[0], POLL)
    .toMatchObject({ ...wanted, assignee: 'owner' })
  await end()
})

test('a refused change goes back and says why in the words of the hub', async () => {
  await given('NOPE', inQueue('One'))
  const { page, end } = await open('NOPE')
  await line(page, 'NOPE-1').focus()
  await page.keyboard.press('a')
  await page.keyboard.type('stranger')
  await page.keyboard.press('Enter')
  await page.getByText('nobody here is called @stranger').waitFor()
  await page.getByRole('button', { name: 'Assignee of NOPE-1: nobody' }).waitFor()
  // The browser notes every refused request by itself.
  await end(/status of 422/)
})

const LIST = `- [ ] Build the gate !high #gate 5p
  - Draw it @owner
  - Buy the wood 2p
    1. Oak
    2. Nails
- [x] Ask the neighbours
* Paint it #gate #colour
- Hang the bell
  - Find a rope
  - Find a bell
- Open the gate
- Close the gate`

test('a pasted list of twelve lines becomes tasks and subtasks in one batch', async () => {
  await given('GATE', [])
  const permissions = ['clipboard-read', 'clipboard-write']
  const { page, end } = await open('GATE', { permissions })
  await page.getByText('Nothing waits here yet').waitFor()
  const batches: string[] = []
  page.on('request', (request) => {
    const isBatch = request.method() === 'POST' && request.url().endsWith('/v1/tasks')
    if (isBatch) batches.push(request.url())
  })
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(LIST)})`)
  await page.keyboard.press('Control+V')
  const dialog = page.getByRole('dialog', { name: 'New tasks in Project GATE' })
  await expect.poll(() => dialog.getByRole('listitem').count(), POLL).toBe(12)
  expect(batches).toEqual([])
  await dialog.getByRole('button', { name: 'Create 12 tasks' }).click()
  await expect.poll(async () => (await keysIn(page, 'backlog')).length, POLL).toBe(11)
  expect(batches).toHaveLength(1)
  const cards = await cardsOf('GATE')
  const parents = Object.fromEntries(cards.map(({ key, parent }) => [key, parent]))
  expect(parents).toEqual({
    ...{ 'GATE-1': null, 'GATE-2': 'GATE-1', 'GATE-3': 'GATE-1', 'GATE-4': 'GATE-3' },
    ...{ 'GATE-5': 'GATE-3', 'GATE-6': null, 'GATE-7': null, 'GATE-8': null },
    ...{ 'GATE-9': 'GATE-8', 'GATE-10': 'GATE-8', 'GATE-11': null, 'GATE-12': null },
  })
  expect(cards.find(({ key }) => key === 'GATE-1')).toMatchObject({
    ...{ title: 'Build the gate', priority: 'high', labels: ['gate'], points: 5 },
    column: 'Backlog',
  })
  expect(cards.find(({ key }) => key === 'GATE-2')).toMatchObject({ assignee: 'owner' })
  expect(cards.find(({ key }) => key === 'GATE-6')).toMatchObject({ column: 'Done' })
  await end()
})

test('a list that the hub refuses stays in its field, with the words of the hub', async () => {
  await given('HALF', inQueue('One'))
  const { page, end } = await open('HALF')
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('One task a line').fill('Two\nThree @stranger')
  await page.keyboard.press('Control+Enter')
  await dialog.getByRole('alert').getByText('nobody here is called @stranger').waitFor()
  expect(await dialog.getByLabel('One task a line').inputValue()).toBe('Two\nThree @stranger')
  expect(await cardsOf('HALF')).toHaveLength(1)
  await end(/status of 422/)
})

test('several tasks are chosen by keys and changed at once', async () => {
  await given('BULK', inQueue('One', 'Two', 'Three', 'Four'))
  await v1('POST /projects/BULK/sprints', {})
  const { page, end } = await open('BULK')
  await line(page, 'BULK-1').focus()
  await page.keyboard.press('x')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  const bar = page.getByRole('toolbar', { name: 'Chosen tasks' })
  await bar.getByText('3 chosen').waitFor()
  await page.keyboard.press('t')
  await page.getByRole('combobox').fill('3')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Estimate of BULK-3: 3 points' }).waitFor()
  await bar.getByRole('button', { name: 'Move' }).click()
  await page.getByRole('option', { name: 'Sprint 1' }).click()
  const moved = ['BULK-1', 'BULK-2', 'BULK-3']
  await expect.poll(() => keysIn(page, 'sprint-1'), POLL).toEqual(moved)
  await group(page, 'sprint-1').getByText('3 tasks, 9 points').waitFor()
  await page.getByLabel('Capacity').fill('5')
  await group(page, 'sprint-1').getByText('9 of 5 points, 4 over').waitFor()
  expect(new URL(page.url()).search).toBe('?capacity=5')
  await page.locator('body').click({ position: { x: 400, y: 790 } })
  await page.keyboard.press('Escape')
  await bar.waitFor({ state: 'detached' })
  await end()
})

test('a filter narrows the list and stands in the address', async () => {
  await given('FILT', [
    { title: 'Red door', status: 'Backlog', labels: ['door'] },
    { title: 'Green door', status: 'Backlog', labels: ['door'], assignee: 'owner' },
    { title: 'Window', status: 'Backlog' },
  ])
  const { page, end } = await open('FILT')
  await page.keyboard.press('/')
  await page.keyboard.type('label:door @owner')
  await expect.poll(() => keysIn(page, 'backlog'), POLL).toEqual(['FILT-2'])
  await page.reload()
  await expect.poll(() => keysIn(page, 'backlog'), POLL).toEqual(['FILT-2'])
  await page.getByLabel('Filter tasks').fill('nothing is called this')
  await page.getByText('No task matches the filter').waitFor()
  await page.getByRole('button', { name: 'Clear filter' }).first().click()
  await expect.poll(async () => (await keysIn(page, 'backlog')).length, POLL).toBe(3)
  await end()
})

test('a dependency that would close a circle is refused in the words of the hub', async () => {
  await given('RING', inQueue('Egg', 'Hen'))
  const { page, end } = await open('RING')
  await line(page, 'RING-2').focus()
  await page.keyboard.press('d')
  const dialog = page.getByRole('dialog', { name: 'Dependencies of RING-2' })
  await page.keyboard.type('Egg')
  await dialog.getByRole('option', { name: 'Egg' }).click()
  await dialog.getByRole('list', { name: 'Dependencies' }).getByText('RING-1 Egg').waitFor()
  await page.keyboard.press('Escape')
  await line(page, 'RING-2').getByLabel('Waits for another task').waitFor()
  await line(page, 'RING-1').focus()
  await page.keyboard.press('d')
  const other = page.getByRole('dialog', { name: 'Dependencies of RING-1' })
  await page.keyboard.type('Hen')
  await other.getByRole('option', { name: 'Hen' }).click()
  await other.getByRole('alert').getByText('These tasks would wait for each other').waitFor()
  await other.getByRole('button', { name: 'Take the tie to RING-2 away' }).click()
  await page.keyboard.press('Escape')
  await line(page, 'RING-2').getByLabel('Waits for another task').waitFor({ state: 'detached' })
  await end(/status of 409/)
})

test('a backlog of a thousand tasks keeps few of them in the page', async () => {
  await given('MANY', inQueue(...Array.from({ length: 1000 }, (_, at) => `No ${at + 1}`)))
  const { page, end } = await open('MANY')
  await line(page, 'MANY-1').waitFor()
  expect(await page.locator('[data-task]').count()).toBeLessThan(80)
  await group(page, 'backlog').hover()
  await page.mouse.wheel(0, 1_000_000)
  await line(page, 'MANY-1000').waitFor()
  expect(await page.locator('[data-task]').count()).toBeLessThan(80)
  await end()
})

test('the ready view says why a task waits, until what it waits for is done', async () => {
  await given('WAIT', [
    { ref: 'a', title: 'Foundation', status: 'Todo', priority: 'high' },
    { title: 'Walls', status: 'Todo', depends_on: ['a'] },
    { title: 'Flagged', status: 'Todo' },
  ])
  await v1('PATCH /tasks/WAIT-3', { blocked: 'The key is lost' })
  await newAgent('mason-1', 'WAIT')
  const { page, end } = await signedIn('/p/WAIT/ready')
  const ready = page.getByRole('region', { name: 'Ready', exact: true })
  const rest = page.getByRole('region', { name: 'Not ready' })
  await ready.locator('[data-task="WAIT-1"]').waitFor()
  const walls = rest.locator('[data-task="WAIT-2"]')
  await walls.getByText('It waits for').waitFor()
  expect(await walls.getByRole('link', { name: 'WAIT-1' }).getAttribute('href')).toBe('/t/WAIT-1')
  await rest.getByRole('button', { name: 'Waits for a task 1' }).click()
  await rest.locator('[data-task="WAIT-3"]').waitFor({ state: 'detached' })
  expect(new URL(page.url()).search).toBe('?why=blocked_by')
  await page.getByLabel('Who may take it').selectOption('mason-1')
  await ready.locator('[data-task="WAIT-1"]').getByText('may take it').waitFor()
  await v1('POST /tasks/WAIT-1/move', { to: 'Done' })
  await walls.waitFor({ state: 'detached' })
  await ready.locator('[data-task="WAIT-2"]').waitFor()
  await rest.getByText('Nothing waits for that').waitFor()
  await rest.getByRole('button', { name: /In the queue/ }).click()
  await rest.locator('[data-task="WAIT-3"]').getByText('Blocked: The key is lost').waitFor()
  await rest.getByRole('button', { name: 'Clear the flag' }).click()
  await ready.locator('[data-task="WAIT-3"]').waitFor()
  await end()
})

test('on a phone the backlog fits, and its lines can be acted on', async () => {
  await given('FONE', inQueue('In the pocket', 'Under the hat'))
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
  const { page, end } = await signedIn('/p/FONE/backlog', phone)
  await line(page, 'FONE-1').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  await page.getByRole('button', { name: 'Actions of FONE-1' }).tap()
  await page.getByRole('menuitem', { name: 'To the bottom' }).tap()
  await expect.poll(() => keysIn(page, 'backlog'), POLL).toEqual(['FONE-2', 'FONE-1'])
  await end()
})
