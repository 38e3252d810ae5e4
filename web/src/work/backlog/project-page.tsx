import { type ReactNode, useCallback, useEffect, useState } from 'react'
import type { Project } from '../../live/hall.ts'
import { useHall, useProject, useProjects } from '../../live/use-hall.ts'
import { useCurrentProject } from '../../shell/frame.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { rememberProject } from '../last-project.ts'

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
  const { isRead, trouble, again } = useCards(key)
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

type Opened = Readonly<{ project: string; trouble: string | null }>

const useCards = (project: string) => {
  const { store, open } = useHall()
  const [opened, setOpened] = useState<Opened | null>(null)
  const read = useCallback(() => {
    let isLeft = false
    const done = (trouble: string | null): void => {
      if (!isLeft) setOpened({ project, trouble })
    }
    open(project).then(
      () => done(null),
      (thrown: unknown) => done(thrown instanceof Error ? thrown.message : String(thrown)),
    )
    return () => {
      isLeft = true
    }
  }, [open, project])
  useEffect(() => {
    rememberProject(project)
    return read()
  }, [read, project])
  const isHere = opened?.project === project
  return {
    isRead: isHere && opened.trouble === null && store.isOpen(project),
    trouble: isHere ? opened.trouble : null,
    again: read,
  }
}
