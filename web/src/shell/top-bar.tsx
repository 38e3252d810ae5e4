import { useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useProjects } from '../live/use-hall.ts'
import { IconButton } from '../ui/button.tsx'
import { ConnectionChip } from './connection-chip.tsx'

type TopBarProps = Readonly<{ project: string | null; search(): void }>

/** Shows which project is open where the screen is narrow. */
export const TopBar = ({ project, search }: TopBarProps) => {
  const projects = useProjects()
  const navigate = useNavigate()
  const go = (key: string): void => {
    navigate({ to: '/p/$project/board', params: { project: key } }).catch(() => {})
  }
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-3 lg:hidden">
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
      <span className="ml-auto flex shrink-0 items-center gap-1.5">
        <ConnectionChip />
        <IconButton label="Search" className="size-8!" onClick={search}>
          <Search className="size-4" />
        </IconButton>
      </span>
    </header>
  )
}
