import { expect, test } from 'vitest'
import { accessHall, accessStories } from './access-stories.ts'
import { PAGES, routePaths, WORK_PAGES } from './pages.ts'

const hall = accessHall()

test('every route of the router is a page that is looked at', () => {
  const routes = routePaths()
  expect(routes.length).toBeGreaterThan(20)
  expect([...new Set(PAGES.map(({ route }) => route))].toSorted()).toEqual(
    [...new Set(routes)].toSorted(),
  )
})

accessStories({ hall, pages: WORK_PAGES, open: hall.asOwner })
