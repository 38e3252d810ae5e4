import type { Page } from 'playwright-core'
import { after, opens, said, type View } from './acts.ts'

const PASTED = `- Build the gate !high #gate 5p
  - Draw it @owner
  - Buy the wood 2p
- [x] Ask the neighbours
- Hang the bell`

const task = (page: Page) => page.locator('[data-task]').first().waitFor()

const backlog = '/p/PORT/backlog'

/** Views of what comes next: the backlog, what is ready, the sprints. */
export const PLAN_SCENES: readonly View[] = [
  { name: 'backlog', path: backlog, ready: task },
  { name: 'backlog-big', path: '/p/BIG/backlog', ready: task },
  {
    name: 'backlog-empty',
    path: '/p/EMPTY/backlog',
    ready: said('Nothing waits here yet'),
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
    ready: after(after(task, opens('New tasks')), (page) =>
      page.getByLabel('One task a line').fill(PASTED),
    ),
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
    ready: after(task, opens('Plan a sprint')),
  },
  { name: 'ready', path: '/p/PORT/ready', ready: task },
  { name: 'ready-agent', path: '/p/GH/ready?agent=dev-1', ready: task },
  { name: 'sprint-running', path: '/p/PORT/sprint', ready: task },
  { name: 'sprint-planned', path: '/p/PORT/sprint/3', ready: task },
  { name: 'sprint-closed', path: '/p/PORT/sprint/1', ready: task },
  {
    name: 'sprint-none',
    path: '/p/EMPTY/sprint',
    ready: said('no sprint yet'),
  },
  {
    name: 'sprint-close',
    path: '/p/PORT/sprint/2',
    ready: after(task, opens('Close sprint')),
  },
]
