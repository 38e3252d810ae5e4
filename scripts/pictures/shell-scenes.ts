import type { Page } from 'playwright-core'
import { after, live, opens, said, task, type View } from './acts.ts'
import type { Furnished } from './furnish.ts'

const palette = (page: Page) => page.getByRole('dialog').getByRole('combobox').waitFor()

/** Gives the views of what stands around every page. */
export const shellScenes = (board: string, seen: Furnished): readonly View[] => [
  { name: 'appearance', path: '/settings/appearance', ready: said('Comfortable') },
  { name: 'settings', path: '/settings', ready: said('Tasks at a time') },
  { name: 'limits', path: '/settings/limits', ready: after(said('Imports'), said('holds')) },
  { name: 'data', path: '/settings/data', ready: said('Choose a folder') },
  {
    name: 'settings-search',
    path: '/settings',
    ready: after(said('Tasks at a time'), async (page) => {
      await page.getByRole('searchbox', { name: 'Search the settings' }).fill('second')
      await page.getByRole('list', { name: 'Settings that fit' }).waitFor()
    }),
  },
  {
    name: 'roles',
    path: '/settings/members',
    ready: after(said('Only permissions with'), async (page) => {
      await page.getByLabel('Who', { exact: true }).fill('dev-1')
      await page.getByRole('button', { name: 'Show what they may do' }).click()
      await page.getByRole('button', { name: /^agent:read/ }).click()
      await page.getByText('Looked at').waitFor()
      await page.getByLabel('Who', { exact: true }).scrollIntoViewIfNeeded()
    }),
  },
  { name: 'palette', path: board, ready: after(live, after(opens('Search'), palette)) },
  {
    name: 'palette-task',
    path: `/t/${seen.held}`,
    ready: after(after(task, opens('Search')), async (page) => {
      await palette(page)
      await page.keyboard.type('pri')
      await page.getByRole('dialog').getByRole('option').first().waitFor()
    }),
  },
  { name: 'more', only: 'phone', path: board, ready: after(live, opens('More')) },
  {
    name: 'nav-narrow',
    only: 'desktop',
    path: board,
    ready: after(live, (page) =>
      page.getByRole('button', { name: 'Narrow the navigation' }).click(),
    ),
  },
  {
    name: 'undo',
    path: `/p/${seen.small}/board`,
    ready: after(live, async (page) => {
      await page.locator('[data-card]').first().focus()
      await page.keyboard.press('Shift+L')
      await page.getByRole('button', { name: 'Undo' }).waitFor()
    }),
  },
  {
    name: 'offline',
    path: board,
    ready: after(live, async (page) => {
      await page.context().setOffline(true)
      await page.locator('[data-link="offline"]').locator('visible=true').waitFor()
    }),
  },
]

/** Gives the views of dialogs. */
export const dialogScenes = (board: string, seen: Furnished): readonly View[] => [
  { name: 'dialog-task', path: board, ready: after(live, opens('New task')) },
  {
    name: 'dialog-move',
    path: `/t/${seen.held}`,
    ready: after(task, opens('Status: In progress')),
  },
  { name: 'dialog-hand-back', path: `/t/${seen.mine}`, ready: after(task, opens('Hand back')) },
  {
    name: 'dialog-stop',
    path: '/me',
    only: 'desktop',
    ready: after(said('In your hands'), opens('Stop all agents …')),
  },
  { name: 'dialog-keys', only: 'desktop', path: board, ready: after(live, opens('Keys')) },
  {
    name: 'dialog-project',
    only: 'desktop',
    path: board,
    ready: after(live, opens('New project')),
  },
]
