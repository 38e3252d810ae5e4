import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '../../ui/load-part.ts'
import { type BacklogSearch, capacityOf } from '../../work/backlog/backlog-search.ts'
import { numbersSearch } from '../../work/numbers/numbers-search.ts'
import { REASONS, type ReadySearch } from '../../work/ready/ready-search.ts'
import { sprintSearch } from '../../work/sprint/chart/sprint-search.ts'
import { frame, text } from './root.tsx'

const getFrame = () => frame

const backlog = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/backlog',
  validateSearch: (given): BacklogSearch => {
    // The address has what looks like a number as one.
    const word = given['q']
    const q = text(typeof word === 'number' ? String(word) : word)
    const capacity = capacityOf(given['capacity'])
    return {
      ...(q !== undefined && { q }),
      ...(capacity !== undefined && { capacity }),
    }
  },
  component: lazyPage(() => import('../../work/backlog/backlog-page.tsx'), 'BacklogPage'),
})
const ready = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/ready',
  validateSearch: (given): ReadySearch => {
    const why = REASONS.find((reason) => reason === given['why'])
    const agent = text(given['agent'])
    return { ...(why !== undefined && { why }), ...(agent !== undefined && { agent }) }
  },
  component: lazyPage(() => import('../../work/ready/ready-page.tsx'), 'ReadyPage'),
})
const sprints = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/sprint',
  validateSearch: sprintSearch,
  component: lazyPage(() => import('../../work/sprint/sprint-page.tsx'), 'SprintPage'),
})
const sprint = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/sprint/$number',
  validateSearch: sprintSearch,
  component: lazyPage(() => import('../../work/sprint/sprint-page.tsx'), 'SprintPage'),
})
const numbers = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/numbers',
  validateSearch: numbersSearch,
  component: lazyPage(() => import('../../work/numbers/numbers-page.tsx'), 'NumbersPage'),
})

/** Pages about what comes next, and about how it went. */
export const planningRoutes = [backlog, ready, sprints, sprint, numbers] as const
