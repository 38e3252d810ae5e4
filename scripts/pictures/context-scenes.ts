import { type Act, dialog, said } from './acts.ts'

const pressed =
  (first: Act, name: string | RegExp, then: Act): Act =>
  async (page) => {
    await first(page)
    await page.getByRole('button', { name, exact: true }).locator('visible=true').first().click()
    await then(page)
  }

const PLACE = '/p/GH/context'

/** Gives the views of contexts and of the vision. */
export const contextScenes = () => [...editorScenes, ...visionScenes]

const editorScenes = [
  { name: 'context', path: `${PLACE}?at=GH-1`, ready: said('from GH-1') },
  { name: 'context-key', path: `${PLACE}?at=GH-1&path=test.one`, ready: said('Outer tiers speak') },
  {
    name: 'context-form',
    path: `${PLACE}?at=GH-1&path=tags`,
    ready: pressed(said('Push up'), 'Change in GH', said('Adds, one in a line')),
  },
  {
    name: 'context-json',
    only: 'desktop' as const,
    path: PLACE,
    ready: pressed(said('from GH'), 'GH as JSON', dialog),
  },
  { name: 'context-add', path: PLACE, ready: pressed(said('from GH'), 'Add a key', dialog) },
  { name: 'context-agent', path: `${PLACE}?at=GH-1&tab=agent`, ready: said('of 1,500') },
  {
    name: 'context-history',
    path: `${PLACE}?at=GH&tab=history`,
    ready: pressed(said('v2'), /^v2/, said('What it changed')),
  },
  { name: 'context-proposals', path: `${PLACE}?tab=proposals`, ready: said('Conflict') },
  { name: 'context-empty', path: '/p/EMPTY/context?at=EMPTY', ready: said('from global') },
]

const visionScenes = [
  { name: 'vision', path: '/p/GH/vision', ready: said('Teams use it') },
  { name: 'vision-open', path: '/p/GH/vision?open=O-3', ready: said('GH-1') },
  {
    name: 'vision-unaligned',
    path: '/p/EMPTY/vision?tab=unaligned',
    ready: said('Every open task'),
  },
  {
    name: 'vision-form',
    path: '/p/GH/vision',
    ready: pressed(said('Teams use it'), 'New objective', dialog),
  },
]
