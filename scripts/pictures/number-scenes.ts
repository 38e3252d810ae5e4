import type { Page } from 'playwright-core'
import { type Act, after, said, type View } from './acts.ts'

const drawn: Act = async (page) => {
  await page.locator('svg[role="img"]').first().waitFor()
}

const numbers = '/p/TOWER/numbers'
const sprint = '/p/TOWER/sprint/7'

/** Waits until every chart of the page is there, then shows one. */
const at =
  (title: string): Act =>
  async (page) => {
    await page.getByRole('slider', { name: 'Points of Age of work in progress' }).waitFor()
    await page.getByRole('slider', { name: 'Points of Cumulative flow' }).waitFor()
    await page.getByRole('region', { name: title, exact: true }).scrollIntoViewIfNeeded()
    const top = page.getByRole('heading', { name: title, exact: true })
    await top.evaluate('(heading) => heading.scrollIntoView()')
  }

const reading =
  (title: string): Act =>
  async (page: Page) => {
    await page.getByRole('slider', { name: `Points of ${title}` }).focus()
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowLeft')
  }

/** Views of the numbers: what a sprint did, and how a project goes. */
export const NUMBER_SCENES: readonly View[] = [
  { name: 'numbers', path: numbers, ready: at('Velocity') },
  {
    name: 'numbers-flow',
    path: numbers,
    ready: after(at('Cumulative flow'), reading('Cumulative flow')),
  },
  { name: 'numbers-cycle', path: numbers, ready: after(at('Cycle time'), reading('Cycle time')) },
  { name: 'numbers-age', path: `${numbers}?by=tasks`, ready: at('Age of work in progress') },
  {
    name: 'numbers-table',
    path: `${numbers}?table=velocity,throughput`,
    ready: at('Velocity'),
  },
  {
    name: 'numbers-days',
    path: numbers,
    async ready(page) {
      await at('Velocity')(page)
      await page.getByRole('button', { name: 'Other days' }).click()
      await page.getByLabel('First day').waitFor()
    },
  },
  { name: 'numbers-none', path: '/p/EMPTY/numbers', ready: said('No sprint is closed yet') },
  { name: 'sprint-burndown', path: `${sprint}?tab=burndown`, ready: drawn },
  {
    name: 'sprint-burndown-read',
    path: `${sprint}?tab=burndown&by=tasks`,
    ready: after(drawn, reading('Burndown')),
  },
  { name: 'sprint-burndown-table', path: `${sprint}?tab=burndown&as=table`, ready: said('When') },
  { name: 'sprint-burnup', path: `/p/TOWER/sprint/4?tab=burnup`, ready: drawn },
  { name: 'sprint-report', path: `${sprint}?tab=report`, ready: said('Committed at the start') },
  { name: 'sprint-not-begun', path: '/p/PORT/sprint/3?tab=burndown', ready: said('begins with') },
]
