import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '../../ui/load-part.ts'
import { frame } from './root.tsx'

const getFrame = () => frame

const home = createRoute({
  getParentRoute: getFrame,
  path: '/',
  component: lazyPage(() => import('../../work/home/home-page.tsx'), 'HomePage'),
})
const mine = createRoute({
  getParentRoute: getFrame,
  path: '/me',
  component: lazyPage(() => import('../../work/mine/my-work-page.tsx'), 'MyWorkPage'),
})
const agents = createRoute({
  getParentRoute: getFrame,
  path: '/agents',
  validateSearch: (given): { connect?: true } =>
    given['connect'] === true ? { connect: true } : {},
  component: lazyPage(() => import('../../agents/registry/agents-page.tsx'), 'AgentsPage'),
})
const agent = createRoute({
  getParentRoute: getFrame,
  path: '/agents/$name',
  component: lazyPage(() => import('../../agents/registry/agent-page.tsx'), 'AgentPage'),
})
const WORDS = ['object', 'actor', 'event', 'project', 'since', 'until'] as const

type LedgerAddress = { [K in (typeof WORDS)[number]]?: string } & { pos?: number }

const ledger = createRoute({
  getParentRoute: getFrame,
  path: '/ledger',
  // The page itself looks closer: here it is enough that nothing but words and a number passes.
  validateSearch: (given): LedgerAddress => {
    const found: LedgerAddress = {}
    for (const name of WORDS) {
      const value = given[name]
      if (typeof value === 'string' || typeof value === 'number') found[name] = String(value)
    }
    const pos = given['pos']
    return { ...found, ...(typeof pos === 'number' && { pos }) }
  },
  component: lazyPage(() => import('../../identity/ledger/ledger-page.tsx'), 'LedgerPage'),
})

/** Pages about who works here, what they did, and what waits. */
export const peopleRoutes = [home, mine, agents, agent, ledger] as const
