import type { ReactNode } from 'react'
import type { Project } from '../../live/hall.ts'
import { useProject, useProjects } from '../../live/use-hall.ts'
import { useCurrentProject } from '../../shell/frame.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { useOpened } from '../use-opened.ts'

type ProjectPageProps = Readonly<{
  /** Names the page: `Backlog`. */
  name: string
  children(project: Project): ReactNode
}>

/** Shows a page about the work of one project, once its cards are there. */
export const ProjectPage = ({ name, children }: ProjectPageProps) => {
  const key = useCurrentProject() ?? ''
  const project = useProject(key)
  const isKnown = useProjects() !== null
  const { isRead, trouble, again } = useOpened(key)
  usePageTitle(`${name} of ${project?.name ?? key}`)
  if (isKnown && project === undefined) {
    const said = 'Choose another project.'
    return <ErrorState title={`${key} does not exist or you may not see it.`} said={said} />
  }
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
  if (project === undefined || !isRead) {
    return (
      <div className="min-w-0 flex-1 p-6">
        <Waiting what={`the ${name.toLowerCase()}`} again={() => window.location.reload()}>
          <Skeleton lines={12} />
        </Waiting>
      </div>
    )
  }
  return children(project)
}
