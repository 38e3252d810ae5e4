import type { Page } from 'playwright-core'
import { prose, task } from './acts.ts'

/** Gives the views of one task that is open. */
export const taskScenes = (rich: string) => [
  {
    name: 'task-full',
    only: 'desktop' as const,
    path: `/t/${rich}?full=1`,
    async ready(page: Page) {
      await task(page)
      await prose(page)
    },
  },
  {
    name: 'task-edit',
    path: `/t/${rich}`,
    async ready(page: Page) {
      await prose(page)
      await page.getByRole('button', { name: 'Edit the description' }).click()
      await page.getByLabel('Description', { exact: true }).scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'task-picture',
    path: `/t/${rich}`,
    async ready(page: Page) {
      const picture = page.getByRole('group', { name: /^What .* waits for/ })
      await picture.waitFor()
      await picture.scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'task-mention',
    path: `/t/${rich}`,
    async ready(page: Page) {
      await prose(page)
      await page.getByLabel('Comment', { exact: true }).pressSequentially('Ask @d')
      await page.getByRole('option', { name: /^@dev/ }).first().waitFor()
    },
  },
  {
    name: 'task-long',
    path: '/t/GH-4',
    ready: task,
  },
]
