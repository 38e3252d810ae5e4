import { said, type View } from './acts.ts'

/** Views of tools: servers, what they offer, what waits for a decision. */
export const TOOL_SCENES: readonly View[] = [
  { name: 'tools', path: '/tools', ready: said('tools ·') },
  { name: 'tools-found', path: '/tools?q=add+facts', ready: said('memory__') },
  { name: 'tools-add', path: '/tools?add=catalogue', ready: said('Playwright') },
  { name: 'tools-server', path: '/tools/memory', ready: said('tools that you may see') },
  { name: 'tools-review', path: '/tools/thinking', ready: said('Waiting for a decision') },
  {
    name: 'tools-tool',
    path: '/tools/memory/memory__create_entities',
    ready: said('Try this tool'),
  },
]
