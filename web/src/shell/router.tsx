import { createRouter, RouterProvider } from '@tanstack/react-router'
import { entryRoutes, programRoutes } from './routes/entry.tsx'
import { frame, lost, root, session } from './routes/root.tsx'
import { settingsRoutes } from './routes/settings.tsx'
import { toolRoutes } from './routes/tools.tsx'
import { workRoutes } from './routes/work.tsx'

const router = createRouter({
  routeTree: root.addChildren([
    ...entryRoutes,
    session.addChildren([
      ...programRoutes,
      frame.addChildren([...workRoutes, ...toolRoutes, ...settingsRoutes, lost]),
    ]),
  ]),
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** Shows the page that the address names. */
export const Pages = () => <RouterProvider router={router} />
