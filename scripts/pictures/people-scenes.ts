import { after, said, type View } from './acts.ts'
import type { Furnished } from './furnish.ts'

/** Gives the views of who works here: home, one's own work, agents, the ledger. */
export const peopleScenes = (seen: Furnished): readonly View[] => [
  { name: 'home', path: '/', ready: said('Which columns') },
  { name: 'my-work', path: '/me', ready: said('In your hands') },
  {
    name: 'agents',
    path: '/agents',
    ready: (page) => page.locator('main [data-kind="agent"]').first().waitFor(),
  },
  { name: 'start-over', path: '/start', ready: said('The hall is set up') },
  { name: 'agents-connect', path: '/agents?connect=true', ready: said('It works in') },
  { name: 'agent', path: '/agents/dev-1', ready: said('Doing now') },
  {
    name: 'agent-steps',
    path: '/agents/dev-2',
    ready: after(said('In 30 days'), async (page) => {
      await page.getByRole('button', { name: 'New key' }).click()
      await page.getByText('Waiting for the first word').scrollIntoViewIfNeeded()
    }),
  },
  { name: 'ledger', path: '/ledger', ready: said('Verified to') },
  {
    name: 'ledger-event',
    path: `/ledger?object=${seen.held}`,
    ready: after(said('task claimed'), async (page) => {
      await page.getByRole('list', { name: 'Events' }).getByRole('button').first().click()
      await page.getByText('Hash before').waitFor()
    }),
  },
]
