import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cardIn, POLL } from './board-hall.ts'
import { type Crew, openCrew } from './crew.ts'

vi.setConfig({ testTimeout: 150_000 })

/** More than the connections that a browser keeps to one address. */
const TABS = 8
/** Runs in a page: its clock goes as fast as twenty. */
const IN_A_HURRY = `{
  const [now, every] = [Date.now, window.setInterval]
  const begun = now()
  Date.now = () => begun + (now() - begun) * 20
  window.setInterval = (act, ms) => every(act, ms / 20)
}`

let crew: Crew
let open: () => number

beforeAll(async () => {
  crew = await openCrew()
  open = streamsOf(crew)
}, 120_000)

afterAll(async () => {
  await crew?.stop()
}, 60_000)

/** Counts the streams that the hub holds open. */
const streamsOf = ({ web }: Crew): (() => number) => {
  const { hall } = web.house
  const { openStream } = hall
  let count = 0
  Object.assign(hall, {
    openStream(...asked: Parameters<typeof openStream>) {
      const close = openStream(...asked)
      count += 1
      return () => {
        count -= 1
        close()
      }
    },
  })
  return () => count
}

const given = async (project: string, tasks: number): Promise<void> => {
  await crew.ask('POST /projects', { key: project, name: `Project ${project}` })
  const titles = Array.from({ length: tasks }, (_, at) => `Task ${at + 1}`)
  await crew.tasks(project, titles)
}

/** Opens a board in some tabs of one browser. */
const tabsOf = async (project: string, count: number, init = '') => {
  const path = `/p/${project}/board`
  const { page: first, end } = await crew.at(path)
  const context = first.context()
  const wrongs: string[] = []
  context.on('weberror', (thrown) => wrongs.push(thrown.error().message))
  if (init !== '') await context.addInitScript({ content: init })
  if (init !== '') await first.reload()
  const opened = async (): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(`${crew.web.home}${path}`)
    return page
  }
  const pages = [first, ...(await Promise.all(Array.from({ length: count - 1 }, opened)))]
  await Promise.all(pages.map(live))
  return {
    pages,
    async end(expected?: RegExp) {
      await end(expected)
      expect(wrongs).toEqual([])
    },
  }
}

const live = (page: Page) =>
  page.locator('[data-link="live"]').locator('visible=true').first().waitFor()

const move = (key: string, to: string) => crew.ask(`POST /tasks/${key}/move`, { to })

const seenIn = (pages: readonly Page[], column: string, key: string) =>
  Promise.all(pages.map((page) => cardIn(page, column, key).waitFor()))

test('eight tabs read one stream; the tab that reads is closed, and nothing is lost', async () => {
  await given('TAB', 6)
  const { pages, end } = await tabsOf('TAB', TABS)
  expect(open()).toBe(1)
  await move('TAB-1', 'Done')
  await seenIn(pages, 'Done', 'TAB-1')
  for (const key of ['TAB-2', 'TAB-3', 'TAB-4']) {
    const [reader, ...rest] = pages.splice(0)
    pages.push(...rest)
    // What happens in between is told by whoever takes over.
    await Promise.all([reader?.close(), move(key, 'In review'), move('TAB-6', 'Backlog')])
    await seenIn(pages, 'In review', key)
    await expect.poll(open, POLL).toBe(1)
  }
  await end()
  await expect.poll(open, POLL).toBe(0)
})

test('a tab that hangs loses the stream to another, and hears of all when it is back', async () => {
  await given('HNG', 3)
  const { pages, end } = await tabsOf('HNG', 1)
  const [hung] = pages
  if (hung === undefined) throw new Error('There is no tab.')
  const other = await hung.context().newPage()
  await other.addInitScript({ content: IN_A_HURRY })
  await other.goto(`${crew.web.home}/p/HNG/board`)
  await live(other)
  const session = await hung.context().newCDPSession(hung)
  await session.send('Debugger.enable')
  await session.send('Debugger.pause')
  // A script is needed to stop at; it goes on when the tab does.
  const stuck = hung.evaluate('1 + 1')
  await move('HNG-1', 'Done')
  await seenIn([other], 'Done', 'HNG-1')
  await move('HNG-2', 'Done')
  await seenIn([other], 'Done', 'HNG-2')
  await session.send('Debugger.disable')
  await stuck
  await seenIn([hung], 'Done', 'HNG-2')
  // The loser closes its stream.
  await expect.poll(open, POLL).toBe(1)
  await move('HNG-3', 'Done')
  await seenIn([hung, other], 'Done', 'HNG-3')
  await end()
})

test('where tabs can agree on nothing each of them reads for itself', async () => {
  await given('OWN', 1)
  const { pages, end } = await tabsOf('OWN', 2, 'delete Navigator.prototype.locks')
  expect(open()).toBe(2)
  await move('OWN-1', 'Done')
  await seenIn(pages, 'Done', 'OWN-1')
  await end()
})

test('a page in which changes wait asks before it is closed', async () => {
  await given('CLO', 1)
  const { pages, end } = await tabsOf('CLO', 1)
  const [page] = pages
  if (page === undefined) throw new Error('There is no page.')
  await page.context().setOffline(true)
  await cardIn(page, 'Todo', 'CLO-1').focus()
  await page.keyboard.press('Shift+H')
  await page.getByText('1 waiting').locator('visible=true').waitFor()
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  await page.context().setOffline(false)
  await expect.poll(() => page.getByText('waiting').count(), POLL).toBe(0)
  const gone = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await gone
  await end(/ERR_INTERNET_DISCONNECTED/)
})

test('who signs out in one tab is out of all of them, and nothing is left to see', async () => {
  await given('BYE', 2)
  const { pages, end } = await tabsOf('BYE', 3)
  const last = pages.at(-1)
  await last?.getByRole('button', { name: 'Sign out' }).locator('visible=true').click()
  for (const page of pages) {
    await page.waitForURL('**/sign-in*')
    await page.locator('[data-card]').first().waitFor({ state: 'detached' })
  }
  await expect.poll(open, POLL).toBe(0)
  await end()
})
