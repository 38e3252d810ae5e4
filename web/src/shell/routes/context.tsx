import { createRoute } from '@tanstack/react-router'
import { contextSearch } from '../../context/editor/context-search.ts'
import { lazyPage } from '../../ui/load-part.ts'
import { frame } from './root.tsx'

const getFrame = () => frame

type VisionSearch = { open?: string; tab?: 'unaligned' }

const OBJECTIVE = /^O-[1-9][0-9]{0,8}$/

const context = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/context',
  validateSearch: contextSearch,
  component: lazyPage(() => import('../../context/editor/context-page.tsx'), 'ContextPage'),
})
const vision = createRoute({
  getParentRoute: getFrame,
  path: '/p/$project/vision',
  validateSearch: ({ open, tab }): VisionSearch => ({
    ...(typeof open === 'string' && OBJECTIVE.test(open) && { open }),
    ...(tab === 'unaligned' && { tab }),
  }),
  component: lazyPage(() => import('../../context/vision/vision-page.tsx'), 'VisionPage'),
})

/** Pages about contexts and objectives. */
export const contextRoutes = [context, vision] as const
