import { createRootRoute, createRoute, Outlet } from '@tanstack/react-router'
import { lazyPage } from '../../ui/load-part.ts'
import { Lost } from '../lost.tsx'

/** Gives the text of something in the address, where it is one. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

/** The root of all pages. */
export const root = createRootRoute({ component: Outlet, notFoundComponent: Lost })

/** Pages for who is signed in. */
export const session = createRoute({
  getParentRoute: () => root,
  id: 'session',
  component: lazyPage(() => import('../session.tsx'), 'Session'),
})

/** Pages inside the frame: with navigation, keys and notices. */
export const frame = createRoute({
  getParentRoute: () => session,
  id: 'frame',
  component: lazyPage(() => import('../frame.tsx'), 'Frame'),
})

/** Whatever is no page. */
export const lost = createRoute({ getParentRoute: () => frame, path: '$', component: Lost })
