import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '../../ui/load-part.ts'
import { frame, text } from './root.tsx'

const getFrame = () => frame

const index = createRoute({
  getParentRoute: getFrame,
  path: '/settings',
  component: lazyPage(() => import('../settings/settings-index.tsx'), 'SettingsIndex'),
})
const security = createRoute({
  getParentRoute: getFrame,
  path: '/settings/security',
  component: lazyPage(() => import('../../identity/security/security-page.tsx'), 'SecurityPage'),
})
const appearance = createRoute({
  getParentRoute: getFrame,
  path: '/settings/appearance',
  component: lazyPage(() => import('../settings/appearance-page.tsx'), 'AppearancePage'),
})
const members = createRoute({
  getParentRoute: getFrame,
  path: '/settings/members',
  component: lazyPage(() => import('../../identity/members/members-page.tsx'), 'MembersPage'),
})
const webhooks = createRoute({
  getParentRoute: getFrame,
  path: '/settings/webhooks',
  component: lazyPage(() => import('../../tools/webhooks/webhooks-page.tsx'), 'WebhooksPage'),
})

const limits = createRoute({
  getParentRoute: getFrame,
  path: '/settings/limits',
  validateSearch: ({ who }): { who?: string } => {
    // The address has what looks like a number as one.
    const handle = text(typeof who === 'number' ? String(who) : who)
    return handle === undefined || handle === '' ? {} : { who: handle }
  },
  component: lazyPage(() => import('../../identity/limits/limits-page.tsx'), 'LimitsPage'),
})
const data = createRoute({
  getParentRoute: getFrame,
  path: '/settings/data',
  component: lazyPage(() => import('../../work/transfer/data-page.tsx'), 'DataPage'),
})

/** Pages of the settings. */
export const settingsRoutes = [
  index,
  security,
  appearance,
  members,
  limits,
  data,
  webhooks,
] as const
