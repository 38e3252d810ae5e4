import { createRoute, Outlet } from '@tanstack/react-router'
import { checkBoardSearch } from '../../work/board/board-search.ts'
import { lazyPage } from '../../ui/load-part.ts'
import { frame } from './root.tsx'

const getFrame = () => frame

// The board stays as it is while tasks are opened and closed beside it.
const workspace = createRoute({
  getParentRoute: getFrame,
  id: 'work',
  validateSearch: checkBoardSearch,
  component: lazyPage(() => import('../../work/workspace.tsx'), 'Workspace'),
})
const board = createRoute({
  getParentRoute: () => workspace,
  path: '/p/$project/board',
  component: Outlet,
})
const task = createRoute({
  getParentRoute: () => workspace,
  path: '/t/$key',
  // A task stands beside the board, or has the page to itself.
  validateSearch: ({ full }): { full?: 1 } => (full === 1 ? { full } : {}),
  component: lazyPage(() => import('../../work/task/task-panel.tsx'), 'TaskPanel'),
})
const inbox = createRoute({
  getParentRoute: getFrame,
  path: '/inbox',
  component: lazyPage(() => import('../../agents/inbox-page.tsx'), 'InboxPage'),
})

/** Pages about work. */
export const workRoutes = [inbox, workspace.addChildren([board, task])] as const
