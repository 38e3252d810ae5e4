import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { bodyOf } from '../attack/web-house.ts'
import { boardHall, POLL } from './board-hall.ts'

vi.setConfig({ testTimeout: 150_000 })

const { there, v1, given, newAgent, claim, signedIn } = boardHall()

const opened = async (key: string, options = {}, query = '') => {
  const visited = await signedIn(`/t/${key}${query}`, options)
  const panel = visited.page.getByLabel(`Task ${key}`, { exact: true })
  await panel.getByRole('heading', { level: 1 }).waitFor()
  return { ...visited, panel }
}

const focusedLine = (page: Page): Promise<unknown> =>
  page.evaluate("document.activeElement?.getAttribute('data-line')")

test('a title is edited in its place, and a change of somebody else is not lost', async () => {
  await given('TIT', [{ title: 'Old title' }])
  const { page, panel, end } = await opened('TIT-1')
  await panel.getByRole('button', { name: 'Edit the title' }).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('New title')
  await page.keyboard.press('Enter')
  await panel.getByRole('heading', { level: 1, name: 'New title' }).waitFor()
  await expect.poll(async () => (await v1('GET /tasks/TIT-1'))['title'], POLL).toBe('New title')
  await panel.getByRole('button', { name: 'Edit the title' }).click()
  await page.keyboard.type(' that nobody keeps')
  await page.keyboard.press('Escape')
  await panel.getByRole('heading', { level: 1, name: 'New title' }).waitFor()
  // Another field that changes meanwhile is no hindrance; the same one is.
  await panel.getByRole('button', { name: 'Edit the title' }).click()
  await page.keyboard.type(', mine')
  await v1('PATCH /tasks/TIT-1', { priority: 'high' })
  await v1('PATCH /tasks/TIT-1', { title: 'Theirs' })
  await page.keyboard.press('Enter')
  await panel.getByText('changed the title while you were writing').waitFor()
  await panel.getByRole('list', { name: 'What changed in the title' }).getByText('Theirs').waitFor()
  expect(await panel.getByLabel('Title', { exact: true }).inputValue()).toBe('New title, mine')
  await panel.getByRole('button', { name: 'Save mine over it' }).click()
  await panel.getByRole('heading', { level: 1, name: 'New title, mine' }).waitFor()
  await end(/status of 409/)
})

test('a description has a preview, and its draft outlives a conflict and Escape', async () => {
  await given('DES', [{ title: 'One', body: 'First line\nSecond line' }])
  const { page, panel, end } = await opened('DES-1')
  const write = panel.getByRole('button', { name: 'Edit the description' })
  await write.click()
  const field = panel.getByLabel('Description', { exact: true })
  await field.fill('First line\nMine, see **DES-1**')
  await panel.getByRole('tab', { name: 'Preview' }).first().click()
  await panel.locator('strong').getByRole('link', { name: 'DES-1' }).waitFor()
  await panel.getByRole('tab', { name: 'Write' }).first().click()
  await field.press('Escape')
  await panel.getByText('There is a draft that was not saved').waitFor()
  await panel.getByRole('button', { name: 'Go on writing' }).click()
  await v1('PATCH /tasks/DES-1', { body: 'First line\nTheirs' })
  await field.press('Control+Enter')
  const changes = panel.getByRole('list', { name: 'What changed in the description' })
  await changes.getByText('Theirs').waitFor()
  await changes.getByText('Second line').waitFor()
  expect(await field.inputValue()).toContain('Mine')
  await panel.getByRole('button', { name: 'Take theirs' }).click()
  await panel.locator('.prose-task').getByText('Theirs').waitFor()
  await write.click()
  await field.fill('Both')
  // What has nothing to do with the text does not refuse it.
  await v1('POST /tasks/DES-1/move', { to: 'In progress' })
  await field.press('Control+Enter')
  await panel.locator('.prose-task').getByText('Both').waitFor()
  await page.getByText('DES-1 described anew').first().waitFor()
  await end(/status of 409/)
})

test('an acceptance list is ticked, written and ordered by keys, with others at it', async () => {
  await given('ACC', [{ title: 'One', accept: ['It runs', 'It stops'] }])
  const { page, panel, end } = await opened('ACC-1')
  const { version } = await v1('GET /tasks/ACC-1')
  await v1('PATCH /tasks/ACC-1', { version, accept: ['It runs', 'It stops', '[x] It sings'] })
  await panel.getByRole('checkbox', { name: 'It runs' }).check()
  await panel.getByLabel('Add to the acceptance list').fill('It ends')
  await page.keyboard.press('Enter')
  await panel.getByRole('checkbox', { name: 'It stops' }).focus()
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(() => focusedLine(page), POLL).toBe('It stops')
  await panel.getByRole('button', { name: 'Change It sings' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  const accept = async () => (await v1('GET /tasks/ACC-1'))['accept']
  await expect.poll(accept, POLL).toEqual([
    { text: 'It stops', done: false },
    { text: 'It runs', done: true },
    { text: 'It ends', done: false },
  ])
  await panel.getByText('1 of 3').waitFor()
  await end(/status of 409/)
})

test('keys change the task that is open, and undo takes it back', async () => {
  await given('KEY', [{ title: 'One', labels: ['web'] }, { title: 'Two' }])
  const { page, panel, end } = await opened('KEY-2')
  const dialog = page.getByRole('dialog')
  const choose = async (key: string, text: string): Promise<void> => {
    await page.keyboard.press(key)
    await dialog.getByRole('combobox').fill(text)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
  }
  await choose('p', 'high')
  await panel.getByRole('button', { name: 'Priority: high' }).waitFor()
  await choose('a', 'owner')
  await panel.getByRole('button', { name: 'Assignee: @owner' }).waitFor()
  await choose('t', '5')
  await panel.getByRole('button', { name: 'Estimate: 5 points' }).waitFor()
  await choose('l', 'web')
  await panel.getByRole('button', { name: 'Labels: web' }).waitFor()
  await choose('s', 'In review')
  await panel.getByRole('button', { name: 'Status: In review' }).waitFor()
  await panel.getByRole('button', { name: 'Type: task' }).click()
  await dialog.getByRole('option', { name: 'Bug' }).click()
  await panel.getByRole('button', { name: 'Type: bug' }).waitFor()
  await page.getByText('KEY-2 is a bug').first().waitFor()
  await page.keyboard.press('Control+z')
  await panel.getByRole('button', { name: 'Type: task' }).waitFor()
  await page.keyboard.press('e')
  await panel.getByText('This task is archived').waitFor()
  await panel.getByRole('button', { name: 'Bring back' }).click()
  await panel.getByText('This task is archived').waitFor({ state: 'detached' })
  expect(await v1('GET /tasks/KEY-1')).toMatchObject({ priority: 'none', archived: false })
  await end()
})

test('a task is flagged with a reason, and gets subtasks one after another', async () => {
  await given('SUB', [{ title: 'Whole' }])
  const { page, panel, end } = await opened('SUB-1')
  await panel.getByRole('button', { name: 'Actions of SUB-1' }).click()
  await page.getByRole('menuitem', { name: 'Flag' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('The crane is broken.')
  await page.keyboard.press('Enter')
  await panel.getByText('The crane is broken.').waitFor()
  const flag = async () => (await v1('GET /tasks/SUB-1'))['blocked']
  await expect.poll(flag, POLL).toBe('The crane is broken.')
  await panel.getByRole('button', { name: 'Take the flag away' }).click()
  await panel.getByText('The crane is broken.').waitFor({ state: 'detached' })
  await panel.getByLabel('Add a subtask').fill('First part')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Second part')
  await page.keyboard.press('Enter')
  await panel.getByRole('link', { name: 'Second part' }).waitFor()
  await v1('POST /tasks/SUB-2/move', { to: 'Done' })
  await panel.getByText('1 of 2 done').waitFor()
  await end()
})

test('a circle of dependencies is refused in the words of the hub', async () => {
  await given('DEP', [
    { title: 'Foundation', ref: 'a' },
    { title: 'Walls', ref: 'b', depends_on: ['a'] },
    { title: 'Roof', ref: 'c', depends_on: ['b'] },
  ])
  const { page, panel, end } = await opened('DEP-1')
  const picture = panel.getByRole('group', { name: /^What DEP-1 waits for/ })
  await picture.getByRole('link', { name: 'DEP-3, not started: Roof' }).waitFor()
  await panel.getByRole('button', { name: 'Add a dependency' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Find a task' }).fill('Roof')
  await dialog.getByRole('option', { name: /Roof/ }).click()
  await dialog
    .getByRole('alert')
    .getByText(/DEP-1.*DEP-3|DEP-3.*DEP-1/)
    .waitFor()
  await page.keyboard.press('Escape')
  await picture.getByRole('link', { name: /^DEP-2,/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('complementary', { name: 'Task DEP-2' }).waitFor()
  const walls = page.getByRole('complementary', { name: 'Task DEP-2' })
  await walls.getByRole('button', { name: 'Take the tie to DEP-1 away' }).click()
  const links = async () => (await v1('GET /tasks/DEP-2'))['links']
  await expect.poll(links, POLL).toMatchObject([{ key: 'DEP-3' }])
  await end(/status of 409/)
})

test('a person takes over from an agent, whose next call is refused, and hands back', async () => {
  await given('TAK', [{ title: 'Mend the roof' }])
  const key = await newAgent('dev-t', 'TAK')
  const lease = await claim('TAK', key)
  const { page, panel, end } = await opened('TAK-1')
  const run = panel.getByRole('region', { name: 'Work on it now' })
  await v1('POST /work/update', { lease, progress: 40, note: 'Half of the tiles are on.' }, key)
  await run.getByText('40 %').waitFor()
  await run.getByText('Half of the tiles are on.').waitFor()
  await run.getByText(/their next call is refused/).waitFor()
  await run.getByRole('button', { name: 'More about this work' }).click()
  await page.getByRole('menuitem', { name: 'Ask to stop' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('Rain is coming.')
  await page.keyboard.press('Enter')
  await run.getByText('asked to stop').waitFor()
  await page.keyboard.press('Shift+T')
  await page.getByText('@dev-t has lost it: their next call is refused.').waitFor()
  const body = { lease, progress: 50 }
  const refused = await there().web.say('POST', '/v1/work/update', { key, body })
  expect(refused.status).toBe(409)
  expect(bodyOf(refused)).toMatchObject({ code: 'work.lease_lost' })
  await run.getByRole('button', { name: 'Hand back' }).waitFor()
  await page.keyboard.press('Shift+T')
  await page.getByRole('dialog').getByLabel('Note').fill('The ladder is ready.')
  await page.getByRole('dialog').getByRole('button', { name: 'Hand back' }).click()
  await page.getByText('any agent may take it').waitFor()
  await panel.getByText('took it over from @dev-t').waitFor()
  await end()
})

const HOSTILE = [
  '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>',
  '[script](javascript:window.pwned=1) [data](data:text/html,x) [key](#key=stolen)',
  '![spy](https://spy.example/pixel.png) ![](javascript:1)',
  '- [x] ticked',
  'See HOS-1, @owner and `HOS-1 @code`',
].join('\n\n')

test('hostile texts are shown and do nothing', async () => {
  await given('HOS', [{ title: '<b>Bold</b> & "quoted"', body: HOSTILE }])
  await v1('POST /tasks/HOS-1/comments', { body: `${'>'.repeat(3000)} deep` })
  await v1('POST /tasks/HOS-1/comments', { body: `${'- '.repeat(2000)}deeper` })
  const { page, panel, end } = await opened('HOS-1')
  const text = panel.locator('.prose-task').first()
  await text.getByText('<script>window.pwned=1</script>').waitFor()
  expect(await text.locator('img[src], script, iframe').count()).toBe(0)
  const links = text.locator('a')
  const addresses = await links.evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  expect(addresses).toEqual(['https://spy.example/pixel.png', '/t/HOS-1'])
  await text.getByRole('img', { name: 'done' }).waitFor()
  await panel.getByText(/^>{100}/).waitFor()
  await panel.getByText(/deeper$/).waitFor()
  expect(await page.evaluate('window.pwned')).toBeUndefined()
  await end()
})

test('an at sign in a comment names people and agents by keys alone', async () => {
  await given('MEN', [{ title: 'One' }])
  await newAgent('painter', 'MEN')
  const { page, panel, end } = await opened('MEN-1')
  const field = panel.getByLabel('Comment', { exact: true })
  await field.focus()
  await page.keyboard.type('Ask @pai')
  await panel.getByRole('option', { name: '@painter' }).waitFor()
  expect(await field.getAttribute('role')).toBe('combobox')
  expect(await field.getAttribute('aria-activedescendant')).toBeTruthy()
  await page.keyboard.press('Enter')
  expect(await field.inputValue()).toBe('Ask @painter ')
  await page.keyboard.type('about it')
  await page.keyboard.press('Control+Enter')
  await panel
    .locator('[data-comment] span', { hasText: /^@painter$/ })
    .first()
    .waitFor()
  expect(await field.inputValue()).toBe('')
  await end()
})

test('a question of an agent is answered where the task is', async () => {
  await given('QUE', [{ title: 'Paint the door' }])
  const key = await newAgent('dev-q', 'QUE')
  await claim('QUE', key)
  const options = ['red', 'blue']
  await v1('POST /questions', { kind: 'choose', task: 'QUE-1', text: 'Which?', options }, key)
  const { page, panel, end } = await opened('QUE-1')
  await panel.getByRole('heading', { name: /Waits for an answer/ }).waitFor()
  await panel.getByRole('button', { name: 'blue' }).click()
  await page.getByText(/is answered/).waitFor()
  await panel.getByRole('heading', { name: /Waits for an answer/ }).waitFor({ state: 'detached' })
  expect(await v1('GET /questions?task=QUE-1')).toMatchObject({ items: [{ answer: 'blue' }] })
  await panel.getByText('What the agent will see').click()
  await panel.getByRole('link', { name: 'Open the context of QUE-1' }).waitFor()
  await end()
})

const overflow = (page: Page): Promise<unknown> =>
  page.evaluate(`Math.max(...[
    document.documentElement,
    ...document.querySelectorAll('[aria-label^="Task "] > div'),
  ].map((box) => box.scrollWidth - box.clientWidth))`)

test('very long and right-to-left titles stay within a phone', async () => {
  const rtl = 'هذه مهمة مكتوبة من اليمين إلى اليسار'
  const long300 = 'w'.repeat(300)
  const labels = ['a label as long as labels get, and then some words more']
  await given('LON', [
    { title: long300, ref: 'long' },
    { title: rtl, accept: ['x'.repeat(480)], depends_on: ['long'], labels },
  ])
  const phone = { viewport: { width: 360, height: 740 } }
  const long = await opened('LON-1', phone)
  expect(await overflow(long.page)).toBe(0)
  const box = await long.panel.getByRole('heading', { level: 1 }).boundingBox()
  expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(360)
  await long.end()
  const turned = await opened('LON-2', phone)
  await turned.panel.getByRole('group', { name: /^What LON-2 waits for/ }).waitFor()
  expect(await overflow(turned.page)).toBe(0)
  const title = turned.panel.getByRole('heading', { level: 1, name: rtl })
  expect(await title.evaluate((one) => one.matches(':dir(rtl)'))).toBe(true)
  await turned.end()
})

test('a task has the page to itself, and the way back finds the board as it was', async () => {
  const many = Array.from({ length: 60 }, (_, at) => ({ title: `Card ${at + 1}` }))
  await given('FUL', many)
  const { page, end } = await signedIn('/p/FUL/board', { viewport: { width: 390, height: 700 } })
  await page.locator('[data-card="FUL-1"]').waitFor()
  const list = page.locator('[data-column="Todo"] [data-card="FUL-1"]')
  const scrolled = async (): Promise<unknown> => page.evaluate(SCROLLED)
  await list.evaluate((card) => {
    for (let box = card.parentElement; box !== null; box = box.parentElement) {
      if (box.scrollHeight > box.clientHeight + 200) box.scrollTop = 900
    }
  })
  await expect.poll(scrolled, POLL).toBe(900)
  const card = page.locator('[data-column="Todo"] [data-card="FUL-14"]')
  await card.click({ trial: true })
  const place = await scrolled()
  await card.click()
  const panel = page.getByLabel('Task FUL-14', { exact: true })
  await panel.getByRole('heading', { level: 1 }).waitFor()
  await panel.getByRole('link', { name: 'Back to the board' }).click()
  await card.waitFor()
  await expect.poll(scrolled, POLL).toBe(place)
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(`${there().web.home}/t/FUL-3?full=1`)
  await page.getByRole('link', { name: 'Beside the board' }).waitFor()
  expect(await page.getByRole('main', { name: /^Board of/ }).count()).toBe(0)
  await page.getByRole('link', { name: 'Beside the board' }).click()
  await page.getByRole('main', { name: 'Board of Project FUL' }).waitFor()
  await end()
})

const SCROLLED = `Math.max(...[...document.querySelectorAll('[data-column="Todo"] *')]
  .map((box) => box.scrollTop))`
