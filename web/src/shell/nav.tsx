import { Link } from '@tanstack/react-router'
import { Keyboard, LogOut, Plus, Settings } from 'lucide-react'
import { InboxLink } from '../agents/inbox-link.tsx'
import { useHall, useProjects, useTopic } from '../live/use-hall.ts'
import { ToolsLink } from '../tools/tools-link.tsx'
import { Person } from '../ui/avatar.tsx'
import { IconButton } from '../ui/button.tsx'
import { ConnectionChip } from './connection-chip.tsx'

type NavProps = Readonly<{
  project: string | null
  showKeys(): void
  newProject(): void
  signOut(): void
}>

/** Shows where one can go: the projects, and who is here. */
export const Nav = ({ project, showKeys, newProject, signOut }: NavProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  return (
    <nav
      aria-label="Main"
      className="flex w-56 shrink-0 flex-col border-r border-line max-lg:hidden"
    >
      <div className="flex h-12 items-center gap-2 px-3">
        <img src="/icon.svg" alt="" className="size-6" />
        <span className="truncate font-semibold">{me?.organisation.name ?? 'Guildhall'}</span>
      </div>
      <div className="grid gap-px px-2 pb-2">
        <InboxLink />
        <ToolsLink />
      </div>
      <div className="flex items-center justify-between pr-1.5 pl-3">
        <h2 className="text-meta font-medium text-text-3">Projects</h2>
        {me?.permissions.includes('project:create') && (
          <IconButton label="New project" onClick={newProject}>
            <Plus className="size-4" />
          </IconButton>
        )}
      </div>
      <ProjectLinks project={project} />
      <div className="mt-auto grid gap-1 border-t border-line p-2">
        <div className="flex h-7 items-center justify-between pl-1">
          <ConnectionChip />
          <IconButton label="Keys (?)" onClick={showKeys}>
            <Keyboard className="size-4" />
          </IconButton>
        </div>
        {me && (
          <div className="flex h-7 items-center justify-between pl-1 text-list">
            <Person handle={me.handle} />
            <span className="flex">
              <SettingsLink />
              <IconButton label="Sign out" onClick={signOut}>
                <LogOut className="size-4" />
              </IconButton>
            </span>
          </div>
        )}
      </div>
    </nav>
  )
}

/** Shows the way to the settings. */
export const SettingsLink = () => (
  <Link
    to="/settings/security"
    aria-label="Settings"
    title="Settings"
    className="inline-flex size-7 shrink-0 items-center justify-center rounded-control text-text-3
      hover:bg-hover hover:text-text"
  >
    <Settings className="size-4" />
  </Link>
)

const ProjectLinks = ({ project }: Readonly<{ project: string | null }>) => {
  const projects = useProjects()
  return (
    <ul className="min-h-0 overflow-y-auto px-2 py-1">
      {projects?.map(({ key, name, open }) => (
        <li key={key}>
          <Link
            to="/p/$project/board"
            params={{ project: key }}
            aria-current={key === project ? 'page' : undefined}
            className="flex h-8 items-center gap-2 rounded-control px-2 text-list text-text-2
              hover:bg-hover hover:text-text aria-[current=page]:bg-hover
              aria-[current=page]:font-medium aria-[current=page]:text-text"
          >
            <span className="min-w-0 flex-1 truncate">{name}</span>
            <span className="text-meta text-text-3" title={`${open} open tasks`}>
              {open}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
