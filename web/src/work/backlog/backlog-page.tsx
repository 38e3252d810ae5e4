import { useSearch } from '@tanstack/react-router'
import type { Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { Backlog } from './backlog.tsx'
import { ProjectPage } from './project-page.tsx'
import { useSprints } from './use-sprints.ts'

/** Shows the backlog of the project in the address. */
export const BacklogPage = () => (
  <ProjectPage name="Backlog">{(project) => <Whole project={project} />}</ProjectPage>
)

const Whole = ({ project }: Readonly<{ project: Project }>) => {
  const { sprints } = useHall()
  const list = useSprints(project.key)
  const search = useSearch({ from: '/session/frame/p/$project/backlog' })
  const trouble = sprints.trouble(project.key)
  if (list !== null) {
    return <Backlog key={project.key} project={project} sprints={list} search={search} />
  }
  const again = (): void => {
    sprints.read(project.key).catch(() => {})
  }
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
  return (
    <div className="min-w-0 flex-1 p-6">
      <Waiting what="the backlog" again={again}>
        <Skeleton lines={12} />
      </Waiting>
    </div>
  )
}
