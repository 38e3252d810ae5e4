import type { Page } from 'playwright-core'
import type { TestHub } from '../../test/hub.ts'
import { boardScenes } from './board-scenes.ts'
import { contextScenes } from './context-scenes.ts'
import type { Furnished } from './furnish.ts'
import { NUMBER_SCENES } from './number-scenes.ts'
import { PLAN_SCENES } from './plan-scenes.ts'
import { taskScenes } from './task-scenes.ts'
import { after, live, prose, said, task, type View } from './acts.ts'
import { peopleScenes } from './people-scenes.ts'
import { dialogScenes, shellScenes } from './shell-scenes.ts'
import { TOOL_SCENES } from './tool-scenes.ts'

/** One view of the page, and the hub that it is seen on. */
export type Scene = View & Readonly<{ hub: TestHub }>

/** Gives the views of a hall that people and agents work in. */
export const fullScenes = (hub: TestHub, seen: Furnished): readonly Scene[] => {
  const board = `/p/${seen.project}/board`
  const small = `/p/${seen.small}/board`
  const scenes: readonly View[] = [
    { name: 'board', path: board, ready: live },
    { name: 'board-small', path: small, ready: live },
    ...boardScenes(board, small),
    { name: 'board-empty', path: `/p/${seen.bare}/board`, ready: said('No tasks here yet') },
    { name: 'task-held', path: `/t/${seen.held}`, ready: task },
    { name: 'task-rich', path: `/t/${seen.rich}`, ready: after(task, prose) },
    { name: 'task-waiting', path: `/t/${seen.waiting}`, ready: task },
    {
      name: 'task-end',
      path: `/t/${seen.rich}`,
      ready: after(after(task, prose), (page) =>
        page.locator('summary', { hasText: 'History' }).scrollIntoViewIfNeeded(),
      ),
    },
    ...taskScenes(seen.rich),
    { name: 'task-unknown', path: `/t/${seen.project}-99999`, ready: said('does not exist') },
    { name: 'project-unknown', path: '/p/NOPE/board', ready: said('does not exist') },
    ...PLAN_SCENES,
    ...NUMBER_SCENES,
    ...contextScenes(),
    ...TOOL_SCENES,
    ...peopleScenes(seen),
    ...shellScenes(board, seen),
    { name: 'address-unknown', path: '/nowhere', ready: said('nothing here') },
    {
      name: 'filter-nothing',
      path: board,
      ready: after(live, (page) => page.getByLabel('Filter cards').fill('no such words')),
    },
    ...dialogScenes(board, seen),
  ]
  return scenes.map((scene) => ({ ...scene, hub }))
}

/** Gives the views of a hall where nothing was done yet. */
export const emptyScenes = (hub: TestHub): readonly Scene[] => {
  const welcome = said('no project yet')
  const leave = async (page: Page): Promise<void> => {
    // On a phone it is behind More.
    const more = page.getByRole('button', { name: 'More' }).locator('visible=true')
    if (await more.isVisible()) await more.click()
    await page.getByRole('button', { name: 'Sign out' }).locator('visible=true').click()
  }
  return [
    { hub, name: 'welcome', path: '/', ready: welcome },
    { hub, name: 'start', path: '/start', ready: said('sends nothing anywhere') },
    { hub, name: 'start-project', path: '/start?step=project', ready: said('Try it with a demo') },
    { hub, name: 'sign-in', path: '/', ready: after(after(welcome, leave), said('Sign in to')) },
  ]
}
