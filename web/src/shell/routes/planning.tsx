import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame, text } from './root.tsx'

type BacklogSearch = { q?: string; capacity?: number }

const REASONS = [
  'blocked_by',
  'parent_blocked',
  'open_subtasks',
  'flagged',
  'held_until',
  'not_in_queue',
  'claimed',
] as const

type ReadySearch = { why?: (typeof REASONS)[number]; agent?: string }

const CAPACITY_MAX = 10_000

const getFrame = () => frame

const backlog = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/backlog',
  validateSearch: (given): BacklogSearch => {
    // The address has what looks like a number as one.
    const word = given['q']
    const q = text(typeof word === 'number' ? String(word) : word)
    const capacity = Number(given['capacity'])
    return {
      ...(q !== undefined && { q }),
      ...(capacity > 0 && capacity <= CAPACITY_MAX && { capacity }),
    }
  },
  component: lazyRouteComponent(() => import('../../work/backlog/backlog-page.tsx'), 'BacklogPage'),
})
const ready = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/ready',
  validateSearch: (given): ReadySearch => {
    const why = REASONS.find((reason) => reason === given['why'])
    const agent = text(given['agent'])
    return { ...(why !== undefined && { why }), ...(agent !== undefined && { agent }) }
  },
  component: lazyRouteComponent(() => import('../../work/ready/ready-page.tsx'), 'ReadyPage'),
})
const sprints = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/sprint',
  component: lazyRouteComponent(() => import('../../work/sprint/sprint-page.tsx'), 'SprintPage'),
})
const sprint = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/sprint/$number',
  component: lazyRouteComponent(() => import('../../work/sprint/sprint-page.tsx'), 'SprintPage'),
})

/** Pages about what comes next. */
export const planningRoutes = [backlog, ready, sprints, sprint] as const
