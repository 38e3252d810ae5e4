import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { live } from '../../scripts/pictures/acts.ts'
import { axeFaults, bringAxe, expectHeard } from './access-look.ts'
import { accessHall, accessStories } from './access-stories.ts'
import { ENTRY_PAGES, HALL_PAGES } from './pages.ts'

const hall = accessHall()

const styleOf = (place: Locator, name: 'backgroundColor' | 'outlineStyle'): Promise<unknown> =>
  place.evaluate((one, style) => one.ownerDocument.defaultView?.getComputedStyle(one)[style], name)

test('the navigation is read as it stands, on a desk and on a phone', async () => {
  const { page, end } = await hall.asOwner()
  await page.goto(`${hall.there().web.home}/p/GH/board`)
  await live(page)
  const nav = page.getByRole('navigation', { name: 'Main' })
  await expectHeard(nav, 'nav')
  await page.setViewportSize({ width: 360, height: 740 })
  await expectHeard(nav, 'nav-phone')
  await end()
})

test('with the colours of the system every control and every choice can be seen', async () => {
  const { page, end } = await hall.asOwner()
  await bringAxe(page)
  await page.emulateMedia({ forcedColors: 'active' })
  await page.goto(`${hall.there().web.home}/settings/appearance`)
  const knob = page.getByRole('switch').locator('span')
  await knob.waitFor()
  // On, the switch is filled and its knob stands out of it.
  const ground = (place: Locator) => styleOf(place, 'backgroundColor')
  const on = [await ground(page.getByRole('switch')), await ground(knob)]
  expect(new Set([...on, await ground(page.locator('body'))]).size).toBe(3)
  expect(await axeFaults(page)).toEqual([])
  await page.goto(`${hall.there().web.home}/p/GH/board`)
  await live(page)
  await page.locator('[data-card="GH-1"]').focus()
  await page.keyboard.press('s')
  const chosen = page.getByRole('option', { selected: true })
  await chosen.waitFor()
  expect(await styleOf(chosen, 'outlineStyle')).toBe('solid')
  await page.keyboard.press('Escape')
  expect(await axeFaults(page)).toEqual([])
  await end()
})

test('in compact rows every target is as large as it has to be', async () => {
  const { page, end } = await hall.asOwner()
  await bringAxe(page)
  for (const path of ['/p/GH/board', '/p/PORT/backlog', '/t/GH-1', '/settings/security']) {
    await page.goto(`${hall.there().web.home}${path}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.evaluate("document.documentElement.dataset.density = 'compact'")
    expect(await axeFaults(page)).toEqual([])
  }
  await end()
})

accessStories({ hall, pages: HALL_PAGES, open: hall.asOwner })
accessStories({ hall, pages: ENTRY_PAGES, open: hall.asStranger })
