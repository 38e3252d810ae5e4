import { Link } from '@tanstack/react-router'
import {
  Keyboard,
  LogOut,
  OctagonX,
  PanelLeftClose,
  PanelLeftOpen,
  Plus,
  Search,
} from 'lucide-react'
import { type Me, mayHere } from '../live/own/rights.ts'
import { useHall, useProjects, useTopic } from '../live/use-hall.ts'
import { Avatar, Person } from '../ui/avatar.tsx'
import { IconButton } from '../ui/button.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Tooltip } from '../ui/over/tooltip.tsx'
import { ConnectionChip } from './connection-chip.tsx'
import { ariaKeys } from './keyboard/caps.ts'
import { toggleNav, useCollapsedNav } from './nav-state.ts'
import { PlaceLink } from './place-link.tsx'
import { type Place, placesFor } from './places.ts'
import { useMayStop } from './stop/use-may-stop.ts'

/** What the frame does for the navigation. */
export type NavActs = Readonly<{
  showKeys(): void
  search(): void
  newProject(): void
  /** Asks whether all agents are to be stopped. */
  stopAll(): void
  signOut(): void
}>

type NavProps = NavActs & Readonly<{ project: string | null }>

const SEARCH_KEYS = 'Mod+k'

/** Shows where one can go: pages, projects, and who is here. */
export const Nav = (props: NavProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const isNarrow = useCollapsedNav()
  const places = placesFor(me, props.project)
  const inGroup = (wanted: Place['group']) => places.filter(({ group }) => group === wanted)
  return (
    <nav
      aria-label="Main"
      data-narrow={isNarrow}
      className={`flex shrink-0 flex-col border-r border-line max-lg:hidden ${
        isNarrow ? 'w-12 items-center' : 'w-56'
      }`}
    >
      <Head me={me} isNarrow={isNarrow} search={props.search} />
      <PlaceLinks places={inGroup('hall')} {...props} isNarrow={isNarrow} />
      {isNarrow ? (
        <PlaceLinks places={inGroup('project')} {...props} isNarrow />
      ) : (
        <Projects {...props} me={me} places={inGroup('project')} />
      )}
      <div className="mt-auto border-t border-line pt-2">
        <PlaceLinks places={inGroup('more')} {...props} isNarrow={isNarrow} />
      </div>
      <Foot {...props} me={me} isNarrow={isNarrow} />
    </nav>
  )
}

type HeadProps = Readonly<{ me: Me | null; isNarrow: boolean; search(): void }>

const Head = ({ me, isNarrow, search }: HeadProps) => (
  <div className={`grid gap-2 px-2 pt-2 pb-2 ${isNarrow ? 'justify-items-center' : ''}`}>
    <div className={`flex h-8 items-center gap-2 ${isNarrow ? '' : 'pl-1'}`}>
      {!isNarrow && <img src="/icon.svg" alt="" className="size-6" />}
      {!isNarrow && (
        <span className="min-w-0 flex-1 truncate font-semibold" dir="auto">
          {me?.organisation.name ?? 'Guildhall'}
        </span>
      )}
      <IconButton
        label={isNarrow ? 'Widen the navigation' : 'Narrow the navigation'}
        aria-expanded={!isNarrow}
        onClick={toggleNav}
      >
        {isNarrow ? <PanelLeftOpen className="size-4" /> : <PanelLeftClose className="size-4" />}
      </IconButton>
    </div>
    {isNarrow ? (
      <Tooltip text="Search" keys={SEARCH_KEYS}>
        <IconButton label="Search" title="" className="size-8!" onClick={search}>
          <Search className="size-4" />
        </IconButton>
      </Tooltip>
    ) : (
      <div className="relative grid">
        <button
          type="button"
          aria-keyshortcuts={ariaKeys(SEARCH_KEYS)}
          onClick={search}
          className="flex h-8 items-center gap-2 rounded-control border border-line bg-surface px-2
            text-list text-text-3 hover:border-edge"
        >
          <Search className="size-4 shrink-0" aria-hidden="true" />
          Search
        </button>
        <span
          className="pointer-events-none absolute inset-y-0 right-1.5 flex items-center"
          aria-hidden="true"
        >
          <Kbd keys={SEARCH_KEYS} />
        </span>
      </div>
    )}
  </div>
)

type PlaceLinksProps = Readonly<{
  places: readonly Place[]
  project: string | null
  isNarrow: boolean
}>

const PlaceLinks = ({ places, project, isNarrow }: PlaceLinksProps) => (
  <ul className="grid gap-px px-2 pb-2">
    {places.map((place) => (
      <li key={place.id}>
        <PlaceLink place={place} project={project} isNarrow={isNarrow} />
      </li>
    ))}
  </ul>
)

type ProjectsProps = NavProps & Readonly<{ me: Me | null; places: readonly Place[] }>

const Projects = ({ project, places, me, newProject }: ProjectsProps) => {
  const projects = useProjects()
  return (
    <>
      <div className="flex h-8 items-center justify-between pr-2 pl-4">
        <h2 className="text-meta font-medium text-text-3">Projects</h2>
        {mayHere(me, 'project:create') && (
          <IconButton label="New project" onClick={newProject}>
            <Plus className="size-4" />
          </IconButton>
        )}
      </div>
      <ul className="min-h-0 overflow-y-auto px-2">
        {projects?.map(({ key, name, open }) => (
          <li key={key}>
            <ProjectLink name={name} open={open} to={key} isHere={key === project} />
            {key === project && (
              <ul aria-label={`Pages of ${key}`} className="grid gap-px py-px">
                {places.map((place) => (
                  <li key={place.id}>
                    <PlaceLink place={place} project={project} isInner />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

type ProjectLinkProps = Readonly<{ name: string; open: number; to: string; isHere: boolean }>

const ProjectLink = ({ name, open, to, isHere }: ProjectLinkProps) => (
  <Link
    to="/p/$project/board"
    params={{ project: to }}
    aria-current={isHere ? 'true' : undefined}
    className={`flex h-8 items-center gap-2 rounded-control px-2 text-list hover:bg-hover
      hover:text-text ${isHere ? 'font-medium text-text' : 'text-text-2'}`}
  >
    <span className="min-w-0 flex-1 truncate" dir="auto">
      {name}
    </span>
    <span className="text-meta font-normal text-text-3" title={`${open} open tasks`}>
      {open}
    </span>
  </Link>
)

type FootProps = NavActs & Readonly<{ me: Me | null; isNarrow: boolean }>

const Foot = ({ me, isNarrow, showKeys, stopAll, signOut }: FootProps) => {
  const mayStop = useMayStop()
  const keys = (
    <Tooltip text="Keys" keys="?">
      <IconButton label="Keys" aria-keyshortcuts="?" title="" onClick={showKeys}>
        <Keyboard className="size-4" />
      </IconButton>
    </Tooltip>
  )
  const stop = mayStop && (
    <Tooltip text="Stop all agents …">
      <IconButton label="Stop all agents …" title="" aria-haspopup="dialog" onClick={stopAll}>
        <OctagonX className="size-4" />
      </IconButton>
    </Tooltip>
  )
  const leave = (
    <IconButton label="Sign out" onClick={signOut}>
      <LogOut className="size-4" />
    </IconButton>
  )
  if (isNarrow) {
    return (
      <div className="grid justify-items-center gap-1.5 border-t border-line py-2">
        <ConnectionChip isNarrow />
        {stop}
        {keys}
        {me && <Avatar handle={me.handle} size="large" />}
        {leave}
      </div>
    )
  }
  return (
    <div className="grid gap-1 border-t border-line p-2">
      <div className="flex h-7 items-center justify-between pl-2">
        <ConnectionChip />
        <span className="flex">
          {stop}
          {keys}
        </span>
      </div>
      {me && (
        <div className="flex h-7 items-center justify-between pl-1.5 text-list">
          <Person handle={me.handle} />
          {leave}
        </div>
      )}
    </div>
  )
}
