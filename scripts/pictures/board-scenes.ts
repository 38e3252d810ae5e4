import type { Page } from 'playwright-core'
import { dialog, live } from './acts.ts'

const chooses = async (page: Page): Promise<void> => {
  await live(page)
  await page.locator('[data-column="Todo"] [data-card]').first().focus()
  for (const key of ['x', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key)
  await page.getByRole('toolbar', { name: 'Chosen cards' }).waitFor()
}

/** Gives the views of boards: lanes, filters, what is chosen, what opens over them. */
export const boardScenes = (board: string, small: string) => [
  { name: 'board-lanes', path: `${small}?lanes=assignee`, ready: live },
  { name: 'board-filtered', path: `${small}?q=status%3Aopen+lable%3Ax`, ready: live },
  { name: 'board-compact', path: `${board}?size=compact&empty=hidden`, ready: live },
  { name: 'board-chosen', path: small, ready: chooses },
  {
    name: 'board-pick',
    path: small,
    async ready(page: Page) {
      await chooses(page)
      await page.keyboard.press('a')
      await dialog(page)
    },
  },
  {
    name: 'board-views',
    path: `${small}?q=type%3Abug`,
    async ready(page: Page) {
      await live(page)
      await page.keyboard.press('v')
      await dialog(page)
    },
  },
]
