import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { boardHall, cardIn as card, POLL } from './board-hall.ts'

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }

vi.setConfig({ testTimeout: 150_000 })

const { there, v1, given, signedIn: at } = boardHall()

const live = (page: Page) => page.locator('[data-link="live"]').locator('visible=true').waitFor()
const palette = (page: Page) => page.getByRole('dialog', { name: 'Search and commands' })
const path = (page: Page): string => new URL(page.url()).pathname

test('the palette goes, finds, acts and remembers by the keyboard alone', async () => {
  await given('PAL', ['Sweep the yard', 'Feed the owl'])
  await given('OTH', ['A task of another board'])
  const { page, end } = await at('/p/PAL/board')
  await card(page, 'Todo', 'PAL-1').waitFor()
  await live(page)
  // What has the focus is what is acted on, and it has the focus again afterwards.
  await card(page, 'Todo', 'PAL-2').focus()
  await page.keyboard.press('Control+K')
  const box = palette(page).getByRole('combobox')
  await box.waitFor()
  await page.keyboard.type('in prog')
  await palette(page).getByRole('option', { selected: true, name: 'Move to In progress' }).waitFor()
  await page.keyboard.press('Enter')
  await card(page, 'In progress', 'PAL-2').waitFor()
  await palette(page).waitFor({ state: 'detached' })

  // A task that this page has not read is found on the hub.
  await page.keyboard.press('/')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+K')
  await page.keyboard.type('another board')
  const found = palette(page).getByRole('option', { selected: true, name: 'A task of another' })
  await found.waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => path(page), POLL).toBe('/t/OTH-1')

  await page.keyboard.press('Control+K')
  await page.keyboard.type('inbox')
  await palette(page).getByRole('option', { selected: true, name: 'Inbox' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()

  // With nothing written, what was used last comes first; arrows walk, Escape leaves.
  await page.keyboard.press('Control+K')
  const first = palette(page).getByRole('group').first()
  expect(await first.getAttribute('aria-label')).toBe('Recent')
  expect(await first.getByRole('option').first().textContent()).toContain('Inbox')
  await page.keyboard.press('ArrowDown')
  const chosen = palette(page).getByRole('option', { selected: true })
  expect(await box.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'))
  await page.keyboard.press('Escape')
  await palette(page).waitFor({ state: 'detached' })
  await end()
})

test('keys lead to pages, the sheet shows them, and they can be switched off', async () => {
  await given('KEY', ['One'])
  const { page, end } = await at('/p/KEY/board')
  await card(page, 'Todo', 'KEY-1').waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  const everywhere = sheet.getByRole('region', { name: 'Everywhere' })
  await everywhere.getByText('Go to Board', { exact: true }).waitFor()
  // No scope says two things of the same keys.
  const lines = await sheet
    .locator('section')
    .evaluateAll((sections) =>
      sections.map((section) =>
        [...section.querySelectorAll('dd > span')].map((one) => one.getAttribute('title')),
      ),
    )
  for (const keys of lines) expect(new Set(keys).size).toBe(keys.length)
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('b')
  await card(page, 'Todo', 'KEY-1').waitFor()

  await page.goto(`${there().web.home}/settings/appearance`)
  await page.getByRole('switch', { name: 'Keys of a single sign' }).click()
  await page.getByRole('heading', { name: 'Appearance' }).click()
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await page.keyboard.press('Control+K')
  await palette(page).getByRole('combobox').waitFor()
  expect(path(page)).toBe('/settings/appearance')
  await page.keyboard.type('show keys')
  await page.keyboard.press('Enter')
  await sheet.getByRole('note').getByText('switched off').waitFor()
  await end()
})

test('a move is taken back and done again, but not over what somebody else did since', async () => {
  await given('UND', ['One', 'Two', 'Three'])
  const { page, end } = await at('/p/UND/board')
  await card(page, 'Todo', 'UND-2').focus()
  await live(page)
  await page.keyboard.press('Shift+H')
  await card(page, 'Backlog', 'UND-2').waitFor()
  await page.getByRole('button', { name: 'Undo' }).waitFor()
  await page.keyboard.press('Control+Z')
  await card(page, 'Todo', 'UND-2').waitFor()
  // It is back where it was: between the two others.
  await expect.poll(() => cardsIn(page, 'Todo'), POLL).toEqual(['UND-1', 'UND-2', 'UND-3'])
  await page.keyboard.press('Control+Shift+Z')
  await card(page, 'Backlog', 'UND-2').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await card(page, 'Todo', 'UND-2').waitFor()

  await card(page, 'Todo', 'UND-1').focus()
  await page.keyboard.press('Shift+H')
  await card(page, 'Backlog', 'UND-1').waitFor()
  await page.getByRole('button', { name: 'Undo' }).waitFor()
  await v1('PATCH /tasks/UND-1', { title: 'One, said otherwise' })
  await card(page, 'Backlog', 'UND-1').getByText('said otherwise').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText(/^Cannot undo: (you|@\S+) changed it since\.$/).waitFor()
  await card(page, 'Backlog', 'UND-1').waitFor()
  await end(/status of 409/)
})

const cardsIn = (page: Page, column: string): Promise<readonly (string | null)[]> =>
  page
    .locator(`[data-column="${column}"] [data-card]`)
    .evaluateAll((cards) => cards.map((one) => one.getAttribute('data-card')))

test('the chosen theme is there before anything is painted, and stays', async () => {
  const { page, end } = await at('/settings/appearance', { colorScheme: 'light' })
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await ground()
  await page.getByText('Dark', { exact: true }).click()
  await expect.poll(ground, POLL).not.toBe(light)
  const dark = await ground()
  // Nothing of the page's own program has run yet when the theme is set.
  await page.route('**/assets/*.js', (route) => route.abort())
  await page.reload({ waitUntil: 'domcontentloaded' })
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
  expect(await page.locator('#app').innerHTML()).toBe('')
  await page.unroute('**/assets/*.js')
  await page.reload()
  await page.getByRole('radio', { name: 'Dark' }).waitFor()
  expect(await ground()).toBe(dark)
  await page.getByText('Compact', { exact: true }).click()
  const switchHeight = () => page.getByRole('radio').first().locator('..').boundingBox()
  expect((await switchHeight())?.height).toBeLessThan(33)
  await page.keyboard.press('Control+K')
  await palette(page).getByRole('combobox').waitFor()
  await page.keyboard.type('theme of the system')
  await page.keyboard.press('Enter')
  await expect.poll(ground, POLL).toBe(light)
  await end(/ERR_FAILED/)
})

test('the navigation becomes narrow, stays so, and keeps its names', async () => {
  await given('NAV', ['One'])
  const { page, end } = await at('/p/NAV/board')
  const nav = page.getByRole('navigation', { name: 'Main' }).locator('visible=true')
  const width = async () => (await nav.boundingBox())?.width
  await nav.getByText('Project NAV').waitFor()
  expect(await width()).toBe(224)
  await nav.getByRole('button', { name: 'Narrow the navigation' }).click()
  await expect.poll(width, POLL).toBe(48)
  await page.reload()
  await nav.getByRole('link', { name: 'Board' }).waitFor()
  expect(await width()).toBe(48)
  await nav.getByRole('link', { name: 'Inbox' }).click()
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  await nav.getByRole('button', { name: 'Widen the navigation' }).click()
  await expect.poll(width, POLL).toBe(224)
  await page.keyboard.press('Tab')
  await end()
})

test('the first press of Tab offers to skip to the page', async () => {
  await given('SKI', ['One'])
  const { page, end } = await at('/p/SKI/board')
  await card(page, 'Todo', 'SKI-1').waitFor()
  await page.keyboard.press('Tab')
  const skip = page.getByRole('button', { name: 'Skip to the page' })
  await expect.poll(async () => (await skip.boundingBox())?.width ?? 0, POLL).toBeGreaterThan(50)
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN')
  await end()
})

test('on a phone four places are at the thumb, and the rest is behind More', async () => {
  await given('FON', ['One'])
  const { page, end } = await at('/p/FON/board', PHONE)
  await card(page, 'Todo', 'FON-1').waitFor()
  const bar = page.getByRole('navigation', { name: 'Main' }).locator('visible=true')
  await bar.getByRole('link', { name: 'Inbox' }).tap()
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  await bar.getByRole('button', { name: 'More' }).tap()
  const more = page.getByRole('dialog', { name: 'More' })
  await more.getByRole('link', { name: 'Settings' }).tap()
  await page.getByRole('heading', { name: 'Security', exact: true }).waitFor()
  await more.waitFor({ state: 'detached' })
  await bar.getByRole('link', { name: 'Board' }).tap()
  await card(page, 'Todo', 'FON-1').waitFor()
  await page.getByRole('button', { name: 'Search' }).locator('visible=true').tap()
  await palette(page).getByRole('combobox').fill('one')
  await palette(page).getByRole('option', { name: /FON-1/ }).tap()
  await page.getByRole('heading', { name: 'One' }).waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  await end()
})

test('without a network changes wait, are counted, and go out when it is back', async () => {
  await given('OFF', ['One', 'Two'])
  const { page, end } = await at('/p/OFF/board')
  await card(page, 'Todo', 'OFF-1').waitFor()
  await live(page)
  await page.context().setOffline(true)
  await page.locator('[data-link="offline"]').locator('visible=true').waitFor()
  for (const key of ['OFF-1', 'OFF-2']) {
    await card(page, 'Todo', key).focus()
    await page.keyboard.press('Shift+H')
    await card(page, 'Backlog', key).waitFor()
  }
  await page.getByText('Offline, 2 waiting').locator('visible=true').waitFor()
  await page.context().setOffline(false)
  await live(page)
  await expect.poll(() => columnOf('OFF-1'), POLL).toBe('Backlog')
  await expect.poll(() => columnOf('OFF-2'), POLL).toBe('Backlog')
  await expect.poll(() => page.getByText('waiting').count(), POLL).toBe(0)
  await end(/ERR_INTERNET_DISCONNECTED/)
})

const columnOf = async (key: string): Promise<unknown> => (await v1(`GET /tasks/${key}`))['column']

test('a newer build of the page is offered once the link is back', async () => {
  await given('NEW', ['One'])
  const { page, end } = await at('/p/NEW/board')
  await card(page, 'Todo', 'NEW-1').waitFor()
  await live(page)
  await page.route(`${there().web.home}/`, async (route) => {
    const answer = await route.fetch()
    const body = (await answer.text()).replace(/assets\/index-[^"]+\.js/, 'assets/index-other.js')
    await route.fulfill({ response: answer, body })
  })
  await page.context().setOffline(true)
  await page.locator('[data-link="offline"]').locator('visible=true').waitFor()
  await page.context().setOffline(false)
  const reload = page.getByRole('button', { name: 'Reload' }).locator('visible=true')
  await reload.waitFor()
  await page.unroute(`${there().web.home}/`)
  await reload.click()
  await live(page)
  await card(page, 'Todo', 'NEW-1').waitFor()
  await end(/ERR_INTERNET_DISCONNECTED/)
})
