import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type AccessHall, openAccessHall } from './access-hall.ts'
import { bringAxe, expectHeard, keysOf, lookAt } from './access-look.ts'
import type { ShownPage } from './pages.ts'
import { type Visit, visit } from './visit.ts'

const OPTIONS = { reducedMotion: 'reduce', colorScheme: 'light' } as const

/** Gives the hub of a file of looks, and its owner's browser. */
export const accessHall = () => {
  let hall: AccessHall | undefined
  vi.setConfig({ testTimeout: 150_000 })
  beforeAll(async () => {
    hall = await openAccessHall()
  }, 120_000)
  afterAll(() => hall?.stop(), 60_000)
  const there = (): AccessHall => {
    if (hall === undefined) throw new Error('The hub is not there yet.')
    return hall
  }
  return {
    there,
    /** Opens the browser of the owner. */
    asOwner: () => there().at('/', there().owner, OPTIONS),
    /** Opens the browser of somebody unknown. */
    asStranger: (): Promise<Visit> => visit(there().browser, there().web.home, OPTIONS),
  }
}

// What a page is about: its main part, or what lies open beside it.
const MAIN = 'main:visible, [role="main"]:visible'

/** Shows a page. */
export const show = async (hall: AccessHall, page: Page, shown: ShownPage): Promise<void> => {
  const path = typeof shown.path === 'string' ? shown.path : shown.path(hall)
  await page.goto(`${hall.web.home}${path}`)
  await shown.ready(page)
}

type Wish = Readonly<{
  hall: ReturnType<typeof accessHall>
  pages: readonly ShownPage[]
  open(): Promise<Visit>
}>

/** Looks at pages, one story for each; the same browser goes from one to the next. */
export const accessStories = ({ hall, pages, open }: Wish): void => {
  let visited: Visit | undefined
  const browser = async (): Promise<Page> => {
    if (visited === undefined) {
      visited = await open()
      await bringAxe(visited.page)
    }
    return visited.page
  }
  test.each(pages)('$name can be seen, heard and used on every screen', async (shown) => {
    const page = await browser()
    await show(hall.there(), page, shown)
    await expectHeard(page.locator(MAIN), shown.name)
    const { faults } = await keysOf(page)
    expect([...faults, ...(await lookAt(page, shown.over ?? []))]).toEqual([])
  })
  afterAll(async () => {
    await visited?.end()
  })
}
