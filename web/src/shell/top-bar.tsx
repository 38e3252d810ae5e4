import { useNavigate } from '@tanstack/react-router'
import { LogOut } from 'lucide-react'
import { InboxLink } from '../agents/inbox-link.tsx'
import { useProjects } from '../live/use-hall.ts'
import { ToolsLink } from '../tools/tools-link.tsx'
import { IconButton } from '../ui/button.tsx'
import { ConnectionChip } from './connection-chip.tsx'
import { SettingsLink } from './nav.tsx'

type TopBarProps = Readonly<{ project: string | null; signOut(): void }>

/** Stands in for the navigation where the screen is narrow. */
export const TopBar = ({ project, signOut }: TopBarProps) => {
  const projects = useProjects()
  const navigate = useNavigate()
  const go = (key: string): void => {
    navigate({ to: '/p/$project/board', params: { project: key } }).catch(() => {})
  }
  return (
    <header className="flex h-12 items-center gap-2 border-b border-line px-3 lg:hidden">
      <img src="/icon.svg" alt="" className="size-6" />
      <select
        aria-label="Project"
        value={project ?? ''}
        onChange={(event) => go(event.target.value)}
        className="h-8 min-w-0 rounded-control border border-line bg-surface px-2 font-medium"
      >
        {project === null && <option value="">Choose a project</option>}
        {projects?.map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
      <span className="ml-auto">
        <ConnectionChip />
      </span>
      <InboxLink isNarrow />
      <ToolsLink isNarrow />
      <SettingsLink />
      <IconButton label="Sign out" onClick={signOut}>
        <LogOut className="size-4" />
      </IconButton>
    </header>
  )
}
