import type { Page } from 'playwright-core'
import type { TestHub } from '../../test/hub.ts'
import type { Furnished } from './furnish.ts'

/** Names a size of screen. */
export type Size = 'desktop' | 'phone'

/** One view of the page, and how it comes about. */
export type Scene = Readonly<{
  name: string
  /** Whose screens it is for; all if it is not said. */
  only?: Size
  /** The hub that it is seen on. */
  hub: TestHub
  path: string
  /** What must be there before the picture is taken. */
  ready(page: Page): Promise<unknown>
}>

const dialog = (page: Page) => page.getByRole('dialog').waitFor()
const cards = (page: Page) => page.locator('[data-card]').first().waitFor()
const task = (page: Page) => page.locator('summary', { hasText: 'History' }).waitFor()

// Texts are plain until the reader of Markdown is there.
const prose = (page: Page) => page.locator('.prose-task').first().waitFor()

const live = async (page: Page): Promise<void> => {
  await cards(page)
  await page.locator('[data-link="live"]').locator('visible=true').first().waitFor()
}

type Act = (page: Page) => Promise<unknown>

const after =
  (first: Act, act: Act): Act =>
  async (page) => {
    await first(page)
    await act(page)
  }

const opens =
  (button: string): Act =>
  async (page) => {
    const named = page.getByRole('button', { name: button, exact: true })
    await named.locator('visible=true').first().click()
    await dialog(page)
  }

const said =
  (text: string): Act =>
  (page) =>
    page.getByText(text).first().waitFor()

/** Gives the views of a hall that people and agents work in. */
export const fullScenes = (hub: TestHub, seen: Furnished): readonly Scene[] => {
  const board = `/p/${seen.project}/board`
  const scenes: readonly Omit<Scene, 'hub'>[] = [
    { name: 'board', path: board, ready: live },
    { name: 'board-small', path: `/p/${seen.small}/board`, ready: live },
    { name: 'board-empty', path: `/p/${seen.bare}/board`, ready: said('No tasks here yet') },
    { name: 'task-held', path: `/t/${seen.held}`, ready: task },
    { name: 'task-rich', path: `/t/${seen.rich}`, ready: after(task, prose) },
    { name: 'task-waiting', path: `/t/${seen.waiting}`, ready: task },
    {
      name: 'task-end',
      path: `/t/${seen.rich}`,
      ready: after(after(task, prose), (page) => page.locator('summary').scrollIntoViewIfNeeded()),
    },
    { name: 'task-unknown', path: `/t/${seen.project}-99999`, ready: said('does not exist') },
    { name: 'project-unknown', path: '/p/NOPE/board', ready: said('does not exist') },
    { name: 'tools', path: '/tools', ready: said('tools ·') },
    { name: 'tools-found', path: '/tools?q=add+facts', ready: said('memory__') },
    { name: 'tools-add', path: '/tools?add=catalogue', ready: said('Playwright') },
    { name: 'tools-server', path: '/tools/memory', ready: said('tools that you may see') },
    { name: 'tools-review', path: '/tools/thinking', ready: said('Waiting for a decision') },
    {
      name: 'tools-tool',
      path: '/tools/memory/memory__create_entities',
      ready: said('Try this tool'),
    },
    { name: 'address-unknown', path: '/nowhere', ready: said('nothing here') },
    {
      name: 'filter-nothing',
      path: board,
      ready: after(live, (page) => page.getByLabel('Filter cards').fill('no such words')),
    },
    { name: 'dialog-task', path: board, ready: after(live, opens('New task')) },
    { name: 'dialog-move', path: `/t/${seen.held}`, ready: after(task, opens('Move')) },
    { name: 'dialog-hand-back', path: `/t/${seen.mine}`, ready: after(task, opens('Hand back')) },
    { name: 'dialog-keys', only: 'desktop', path: board, ready: after(live, opens('Keys (?)')) },
    {
      name: 'dialog-project',
      only: 'desktop',
      path: board,
      ready: after(live, opens('New project')),
    },
  ]
  return scenes.map((scene) => ({ ...scene, hub }))
}

/** Gives the views of a hall where nothing was done yet. */
export const emptyScenes = (hub: TestHub): readonly Scene[] => {
  const welcome = said('no project yet')
  const leave = (page: Page) =>
    page.getByRole('button', { name: 'Sign out' }).locator('visible=true').click()
  return [
    { hub, name: 'welcome', path: '/', ready: welcome },
    { hub, name: 'sign-in', path: '/', ready: after(after(welcome, leave), said('Sign in to')) },
  ]
}
