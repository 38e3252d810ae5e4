import type { Page } from 'playwright-core'
import type { View } from './acts.ts'

const PASTED = `- Build the gate !high #gate 5p
  - Draw it @owner
  - Buy the wood 2p
- [x] Ask the neighbours
- Hang the bell`

const task = (page: Page) => page.locator('[data-task]').first().waitFor()

const button = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name, exact: true }).first().click()
  await page.getByRole('dialog').first().waitFor()
}

const backlog = '/p/PORT/backlog'

/** Views of what comes next: the backlog, what is ready, the sprints. */
export const PLAN_SCENES: readonly View[] = [
  { name: 'backlog', path: backlog, ready: task },
  { name: 'backlog-big', path: '/p/BIG/backlog', ready: task },
  {
    name: 'backlog-empty',
    path: '/p/EMPTY/backlog',
    ready: (page) => page.getByText('Nothing waits here yet').waitFor(),
  },
  {
    name: 'backlog-chosen',
    path: `${backlog}?capacity=20`,
    async ready(page) {
      await task(page)
      for (const key of ['PORT-12', 'PORT-13', 'PORT-14']) {
        await page.getByLabel(`Choose ${key}`).check()
      }
    },
  },
  {
    name: 'backlog-paste',
    path: backlog,
    async ready(page) {
      await task(page)
      await button(page, 'New tasks')
      await page.getByLabel('One task a line').fill(PASTED)
    },
  },
  {
    name: 'backlog-link',
    path: backlog,
    async ready(page) {
      await task(page)
      await page.locator('[data-task="PORT-13"]').focus()
      await page.keyboard.press('d')
      await page.getByText('Waits for').first().waitFor()
      await page.getByRole('listbox').getByRole('option').first().waitFor()
    },
  },
  {
    name: 'backlog-plan',
    path: backlog,
    async ready(page) {
      await task(page)
      await button(page, 'Plan a sprint')
    },
  },
  { name: 'ready', path: '/p/PORT/ready', ready: task },
  { name: 'ready-agent', path: '/p/GH/ready?agent=dev-1', ready: task },
  { name: 'sprint-running', path: '/p/PORT/sprint', ready: task },
  { name: 'sprint-planned', path: '/p/PORT/sprint/3', ready: task },
  { name: 'sprint-closed', path: '/p/PORT/sprint/1', ready: task },
  {
    name: 'sprint-none',
    path: '/p/EMPTY/sprint',
    ready: (page) => page.getByText('no sprint yet').waitFor(),
  },
  {
    name: 'sprint-close',
    path: '/p/PORT/sprint/2',
    async ready(page) {
      await task(page)
      await button(page, 'Close sprint')
    },
  },
]
