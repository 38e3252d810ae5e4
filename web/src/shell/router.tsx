import { createRouter, RouterProvider } from '@tanstack/react-router'
import { PageComing, PageTrouble } from './page-trouble.tsx'
import { contextRoutes } from './routes/context.tsx'
import { entryRoutes, programRoutes } from './routes/entry.tsx'
import { peopleRoutes } from './routes/people.tsx'
import { planningRoutes } from './routes/planning.tsx'
import { frame, lost, root, session } from './routes/root.tsx'
import { settingsRoutes } from './routes/settings.tsx'
import { startRoutes } from './routes/start.tsx'
import { toolRoutes } from './routes/tools.tsx'
import { workRoutes } from './routes/work.tsx'

const router = createRouter({
  routeTree: root.addChildren([
    ...entryRoutes,
    session.addChildren([
      ...programRoutes,
      frame.addChildren([
        ...peopleRoutes,
        ...workRoutes,
        ...planningRoutes,
        ...contextRoutes,
        ...toolRoutes,
        ...settingsRoutes,
        ...startRoutes,
        lost,
      ]),
    ]),
  ]),
  scrollRestoration: false,
  defaultErrorComponent: PageTrouble,
  defaultPendingComponent: PageComing,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** Shows the page that the address names. */
export const Pages = () => <RouterProvider router={router} />
