import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { Home } from '../work/home.tsx'
import { TaskPanel } from '../work/task/task-panel.tsx'
import { Workspace } from '../work/workspace.tsx'
import { Frame } from './frame.tsx'
import { Lost } from './lost.tsx'

const root = createRootRoute({ component: Frame, notFoundComponent: Lost })
const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })
// The board stays as it is while tasks are opened and closed beside it.
const workspace = createRoute({ getParentRoute: () => root, id: 'work', component: Workspace })
const board = createRoute({
  getParentRoute: () => workspace,
  path: '/p/$project/board',
  component: Outlet,
})
const task = createRoute({ getParentRoute: () => workspace, path: '/t/$key', component: TaskPanel })

const router = createRouter({
  routeTree: root.addChildren([home, workspace.addChildren([board, task])]),
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** Shows the page that the address names. */
export const Pages = () => <RouterProvider router={router} />
