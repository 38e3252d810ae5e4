import type { LinkProps } from '@tanstack/react-router'
import {
  Bot,
  ChartNoAxesCombined,
  CircleUser,
  Flag,
  House,
  Inbox,
  Layers,
  ListChecks,
  ListOrdered,
  type LucideIcon,
  Plug,
  ScrollText,
  Settings,
  SquareKanban,
  Target,
} from 'lucide-react'
import { type Me, mayAnywhere, mayIn } from '../live/own/rights.ts'

/** A page that one can go to from anywhere. */
export type Place = Readonly<{
  id: string
  name: string
  to: NonNullable<LinkProps['to']>
  icon: LucideIcon
  /** The keys that lead there: `g h`. */
  keys?: string
  /** Where the navigation shows it. */
  group: 'hall' | 'project' | 'more'
  /** The permission that it needs: of a page of a project there, of another one anywhere. */
  needs?: string
}>

// A page adds one line here: its link, its keys and its line in the palette come from it.

/** All pages of the navigation, in its order. */
export const PLACES: readonly Place[] = [
  { id: 'home', name: 'Home', to: '/', icon: House, keys: 'g h', group: 'hall' },
  { id: 'inbox', name: 'Inbox', to: '/inbox', icon: Inbox, keys: 'g i', group: 'hall' },
  { id: 'mine', name: 'My work', to: '/me', icon: CircleUser, keys: 'g m', group: 'hall' },
  {
    ...{ id: 'board', name: 'Board', to: '/p/$project/board', icon: SquareKanban },
    ...{ keys: 'g b', group: 'project', needs: 'board:read' },
  },
  {
    ...{ id: 'backlog', name: 'Backlog', to: '/p/$project/backlog', icon: ListOrdered },
    ...{ keys: 'g l', group: 'project', needs: 'task:read' },
  },
  {
    ...{ id: 'ready', name: 'Ready', to: '/p/$project/ready', icon: ListChecks },
    ...{ keys: 'g r', group: 'project', needs: 'task:read' },
  },
  {
    ...{ id: 'sprint', name: 'Sprint', to: '/p/$project/sprint', icon: Flag },
    ...{ keys: 'g s', group: 'project', needs: 'sprint:read' },
  },
  {
    ...{ id: 'numbers', name: 'Numbers', to: '/p/$project/numbers', icon: ChartNoAxesCombined },
    ...{ keys: 'g n', group: 'project', needs: 'task:read' },
  },
  {
    ...{ id: 'context', name: 'Context', to: '/p/$project/context', icon: Layers },
    ...{ keys: 'g c', group: 'project', needs: 'context:read' },
  },
  {
    ...{ id: 'vision', name: 'Vision', to: '/p/$project/vision', icon: Target },
    ...{ keys: 'g v', group: 'project', needs: 'objective:read' },
  },
  {
    ...{ id: 'agents', name: 'Agents', to: '/agents', icon: Bot, keys: 'g a', group: 'more' },
    needs: 'agent:read',
  },
  {
    ...{ id: 'tools', name: 'Tools', to: '/tools', icon: Plug, keys: 'g t', group: 'more' },
    needs: 'tool:read',
  },
  {
    ...{ id: 'ledger', name: 'Ledger', to: '/ledger', icon: ScrollText, keys: 'g e' },
    ...{ group: 'more', needs: 'ledger:read' },
  },
  {
    ...{ id: 'settings', name: 'Settings', to: '/settings', icon: Settings, keys: 'g ,' },
    group: 'more',
  },
]

/** Gives the pages that somebody may see. */
export const placesFor = (me: Me | null, project: string | null): readonly Place[] =>
  PLACES.filter(({ group, needs }) => {
    if (group !== 'project') return needs === undefined || mayAnywhere(me, needs)
    return project !== null && (needs === undefined || mayIn(me, needs, project))
  })
