import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { Home } from '../work/home.tsx'
import { TaskPanel } from '../work/task/task-panel.tsx'
import { Workspace } from '../work/workspace.tsx'
import { Frame } from './frame.tsx'
import { Lost } from './lost.tsx'
import { Session } from './session.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost })

// Ways in: for strangers, and loaded when somebody needs them.
const getRoot = () => root
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const signIn = createRoute({
  getParentRoute: getRoot,
  path: '/sign-in',
  validateSearch: (given): SignInSearch => {
    const [next, organisation] = [text(given['next']), text(given['organisation'])]
    return {
      ...(next !== undefined && { next }),
      ...(organisation !== undefined && { organisation }),
      ...(given['with'] === 'key' && { with: 'key' }),
    }
  },
  component: lazyRouteComponent(() => import('../identity/entry/sign-in-page.tsx'), 'SignInPage'),
})
const callback = createRoute({
  getParentRoute: getRoot,
  path: '/sign-in/callback',
  component: lazyRouteComponent(
    () => import('../identity/entry/callback-page.tsx'),
    'CallbackPage',
  ),
})
const setUp = createRoute({
  getParentRoute: getRoot,
  path: '/set-up',
  component: lazyRouteComponent(() => import('../identity/entry/set-up-page.tsx'), 'SetUpPage'),
})
const invitation = createRoute({
  getParentRoute: getRoot,
  path: '/invitation',
  component: lazyRouteComponent(
    () => import('../identity/entry/invitation-page.tsx'),
    'InvitationPage',
  ),
})
const reset = createRoute({
  getParentRoute: getRoot,
  path: '/reset',
  component: lazyRouteComponent(() => import('../identity/entry/reset-page.tsx'), 'ResetPage'),
})
const verify = createRoute({
  getParentRoute: getRoot,
  path: '/verify',
  component: lazyRouteComponent(() => import('../identity/entry/verify-page.tsx'), 'VerifyPage'),
})

// Everything else is for who is signed in; decisions about programs stand alone on their page.
const session = createRoute({ getParentRoute: getRoot, id: 'session', component: Session })
const getSession = () => session
const consent = createRoute({
  getParentRoute: getSession,
  path: '/oauth/interaction/$uid',
  component: lazyRouteComponent(() => import('../identity/entry/consent-page.tsx'), 'ConsentPage'),
})
const device = createRoute({
  getParentRoute: getSession,
  path: '/device',
  validateSearch: (given): DeviceSearch => {
    const names = ['user_code', 'done', 'problem'] as const
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = text(given[name])
        return value === undefined ? [] : [[name, value]]
      }),
    )
  },
  component: lazyRouteComponent(() => import('../identity/entry/device-page.tsx'), 'DevicePage'),
})

const frame = createRoute({ getParentRoute: getSession, id: 'frame', component: Frame })
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
  component: lazyRouteComponent(() => import('../agents/inbox-page.tsx'), 'InboxPage'),
})
const tools = createRoute({
  getParentRoute: getFrame,
  path: '/tools',
  validateSearch: (given): ToolsSearch => {
    // The address has what looks like a number as one.
    const [word, add] = [given['q'], given['add']]
    const q = text(typeof word === 'number' ? String(word) : word)
    return {
      ...(q !== undefined && { q }),
      ...((add === 'catalogue' || add === 'address') && { add }),
    }
  },
  component: lazyRouteComponent(() => import('../tools/tools-page.tsx'), 'ToolsPage'),
})
const toolServer = createRoute({
  getParentRoute: getFrame,
  path: '/tools/$server',
  component: lazyRouteComponent(() => import('../tools/server/server-page.tsx'), 'ServerPage'),
})
const tool = createRoute({
  getParentRoute: getFrame,
  path: '/tools/$server/$tool',
  component: lazyRouteComponent(() => import('../tools/tool/tool-page.tsx'), 'ToolPage'),
})
const security = createRoute({
  getParentRoute: getFrame,
  path: '/settings/security',
  component: lazyRouteComponent(
    () => import('../identity/security/security-page.tsx'),
    'SecurityPage',
  ),
})
const members = createRoute({
  getParentRoute: getFrame,
  path: '/settings/members',
  component: lazyRouteComponent(
    () => import('../identity/members/members-page.tsx'),
    'MembersPage',
  ),
})
const webhooks = createRoute({
  getParentRoute: getFrame,
  path: '/settings/webhooks',
  component: lazyRouteComponent(
    () => import('../tools/webhooks/webhooks-page.tsx'),
    'WebhooksPage',
  ),
})
const lost = createRoute({ getParentRoute: getFrame, path: '$', component: Lost })

type ToolsSearch = { q?: string; add?: 'catalogue' | 'address' }
type SignInSearch = { next?: string; organisation?: string; with?: 'key' }
type DeviceSearch = { user_code?: string; done?: string; problem?: string }

const router = createRouter({
  routeTree: root.addChildren([
    ...[signIn, callback, setUp, invitation, reset, verify],
    session.addChildren([
      ...[consent, device],
      frame.addChildren([
        ...[home, inbox, tools, toolServer, tool, security, members, webhooks, lost],
        workspace.addChildren([board, task]),
      ]),
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
