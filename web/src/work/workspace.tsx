import { Outlet, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { useHall, useProject, useProjects } from '../live/use-hall.ts'
import { useCurrentProject } from '../shell/frame.tsx'
import { Button } from '../ui/button.tsx'
import { Board } from './board/board.tsx'
import { rememberProject } from './last-project.ts'

/** Shows the board of the project in the address, and beside it whatever is open. */
export const Workspace = () => {
  const key = useCurrentProject() ?? ''
  const project = useProject(key)
  const isKnown = useProjects() !== null
  const { isRead, trouble, again } = useOpened(key)
  const { full } = useSearch({ strict: false })
  if (isKnown && project === undefined) return <Missing project={key} />
  if (trouble !== null) {
    return (
      <div role="alert" className="m-auto grid justify-items-center gap-3 p-6">
        <p>{trouble}</p>
        <Button onClick={again}>Try again</Button>
      </div>
    )
  }
  if (project === undefined || !isRead) return <BoardSkeleton />
  return (
    <>
      <div className={full === 1 ? 'hidden' : 'contents'}>
        <Board key={project.key} project={project} />
      </div>
      <Outlet />
    </>
  )
}

const Missing = ({ project }: Readonly<{ project: string }>) => (
  <main className="m-auto p-6 text-center">
    <h1 className="text-title font-semibold">{project} does not exist, or you may not see it</h1>
    <p className="mt-1 text-text-2">Choose another project on the left.</p>
  </main>
)

type Opened = Readonly<{ project: string; trouble: string | null }>

const useOpened = (project: string) => {
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

const BoardSkeleton = () => (
  <div className="flex min-w-0 flex-1 gap-3 overflow-hidden p-3 pt-[3.75rem]" aria-busy="true">
    <p className="sr-only">Loading the board</p>
    {[0, 1, 2, 3].map((column) => (
      <div key={column} className="h-full w-[272px] shrink-0 rounded-card bg-sunken" />
    ))}
  </div>
)
