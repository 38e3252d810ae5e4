import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '../../ui/load-part.ts'
import { frame } from './root.tsx'

const STEPS = ['machine', 'project', 'agent'] as const
type StartSearch = { step?: (typeof STEPS)[number] }

const start = createRoute({
  getParentRoute: () => frame,
  path: '/start',
  validateSearch: (given): StartSearch => {
    const step = STEPS.find((one) => one === given['step'])
    return step === undefined ? {} : { step }
  },
  component: lazyPage(() => import('../../agents/start/start-page.tsx'), 'StartPage'),
})

/** The page on which a hall begins. */
export const startRoutes = [start] as const
