import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from './root.tsx'

const getFrame = () => frame

const security = createRoute({
  getParentRoute: getFrame,
  path: '/settings/security',
  component: lazyRouteComponent(
    () => import('../../identity/security/security-page.tsx'),
    'SecurityPage',
  ),
})
const appearance = createRoute({
  getParentRoute: getFrame,
  path: '/settings/appearance',
  component: lazyRouteComponent(() => import('../settings/appearance-page.tsx'), 'AppearancePage'),
})
const members = createRoute({
  getParentRoute: getFrame,
  path: '/settings/members',
  component: lazyRouteComponent(
    () => import('../../identity/members/members-page.tsx'),
    'MembersPage',
  ),
})
const webhooks = createRoute({
  getParentRoute: getFrame,
  path: '/settings/webhooks',
  component: lazyRouteComponent(
    () => import('../../tools/webhooks/webhooks-page.tsx'),
    'WebhooksPage',
  ),
})

/** Pages of the settings. */
export const settingsRoutes = [security, appearance, members, webhooks] as const
