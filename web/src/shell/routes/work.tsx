import { createRoute, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { Home } from '../../work/home.tsx'
import { TaskPanel } from '../../work/task/task-panel.tsx'
import { Workspace } from '../../work/workspace.tsx'
import { frame } from './root.tsx'

const getFrame = () => frame

const home = createRoute({ getParentRoute: getFrame, path: '/', component: Home })
// The board stays as it is while tasks are opened and closed beside it.
const workspace = createRoute({ getParentRoute: getFrame, id: 'work', component: Workspace })
const board = createRoute({
  getParentRoute: () => workspace,
  path: '/p/$project/board',
  component: Outlet,
})
const task = createRoute({ getParentRoute: () => workspace, path: '/t/$key', component: TaskPanel })
const inbox = createRoute({
  getParentRoute: getFrame,
  path: '/inbox',
  component: lazyRouteComponent(() => import('../../agents/inbox-page.tsx'), 'InboxPage'),
})

/** Pages about work. */
export const workRoutes = [home, inbox, workspace.addChildren([board, task])] as const
