import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '../../ui/load-part.ts'
import { frame, text } from './root.tsx'

type ToolsSearch = { q?: string; add?: 'catalogue' | 'address' }

const getFrame = () => frame

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
  component: lazyPage(() => import('../../tools/tools-page.tsx'), 'ToolsPage'),
})
const server = createRoute({
  getParentRoute: getFrame,
  path: '/tools/$server',
  component: lazyPage(() => import('../../tools/server/server-page.tsx'), 'ServerPage'),
})
const tool = createRoute({
  getParentRoute: getFrame,
  path: '/tools/$server/$tool',
  component: lazyPage(() => import('../../tools/tool/tool-page.tsx'), 'ToolPage'),
})

/** Pages about tools. */
export const toolRoutes = [tools, server, tool] as const
