import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '../../ui/load-part.ts'
import { root, session, text } from './root.tsx'

// Ways in: for strangers, and loaded when somebody needs them.

type SignInSearch = { next?: string; organisation?: string; with?: 'key' }
type DeviceSearch = { user_code?: string; done?: string; problem?: string }

const getRoot = () => root
const getSession = () => session

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
  component: lazyPage(() => import('../../identity/entry/sign-in-page.tsx'), 'SignInPage'),
})
const callback = createRoute({
  getParentRoute: getRoot,
  path: '/sign-in/callback',
  component: lazyPage(() => import('../../identity/entry/callback-page.tsx'), 'CallbackPage'),
})
const setUp = createRoute({
  getParentRoute: getRoot,
  path: '/set-up',
  component: lazyPage(() => import('../../identity/entry/set-up-page.tsx'), 'SetUpPage'),
})
const invitation = createRoute({
  getParentRoute: getRoot,
  path: '/invitation',
  component: lazyPage(() => import('../../identity/entry/invitation-page.tsx'), 'InvitationPage'),
})
const reset = createRoute({
  getParentRoute: getRoot,
  path: '/reset',
  component: lazyPage(() => import('../../identity/entry/reset-page.tsx'), 'ResetPage'),
})
const verify = createRoute({
  getParentRoute: getRoot,
  path: '/verify',
  component: lazyPage(() => import('../../identity/entry/verify-page.tsx'), 'VerifyPage'),
})

// Decisions about programs stand alone on their page.
const consent = createRoute({
  getParentRoute: getSession,
  path: '/oauth/interaction/$uid',
  component: lazyPage(() => import('../../identity/entry/consent-page.tsx'), 'ConsentPage'),
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
  component: lazyPage(() => import('../../identity/entry/device-page.tsx'), 'DevicePage'),
})

/** Ways in for strangers. */
export const entryRoutes = [signIn, callback, setUp, invitation, reset, verify] as const

/** Pages about programs that want in. */
export const programRoutes = [consent, device] as const
