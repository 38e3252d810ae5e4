import { Outlet, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { useHall, useProject, useProjects, useTopic } from '../live/use-hall.ts'
import { useCurrentProject } from '../shell/frame.tsx'
import { ErrorState } from '../ui/state/error-state.tsx'
import { Waiting } from '../ui/state/skeleton.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { Board } from './board/board.tsx'
import { rememberProject } from './last-project.ts'

/** Shows the board of the project in the address, and beside it whatever is open. */
export const Workspace = () => {
  const key = useCurrentProject() ?? ''
  const project = useProject(key)
  const isKnown = useProjects() !== null
  const hall = useHall()
  // What one may do decides what is offered all over the board.
  useTopic('me', hall.me)
  const search = useSearch({ strict: false })
  const { key: openKey } = useParams({ strict: false })
  // What is filtered or sorted wants all cards; a plain board begins with those in front.
  const isPlain = openKey === undefined && Object.keys(search).length === 0
  const { isRead, trouble, again } = useOpened(key, isPlain)
  const { full } = search
  const { key: task } = useParams({ strict: false })
  if (isKnown && project === undefined) return <Missing what={task ?? key} />
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
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

const Missing = ({ what }: Readonly<{ what: string }>) => {
  usePageTitle(what)
  return (
    <main className="m-auto p-6 text-center">
      <h1 className="text-title font-semibold">{what} does not exist or you may not see it.</h1>
      <p className="mt-1 text-text-2">Choose a project in the navigation.</p>
    </main>
  )
}

type Opened = Readonly<{ project: string; trouble: string | null }>

const useOpened = (project: string, isPlain: boolean) => {
  const { store, open, openFirst } = useHall()
  const [isFirst] = useState(isPlain)
  const [opened, setOpened] = useState<Opened | null>(null)
  const read = useCallback(() => {
    let isLeft = false
    const done = (trouble: string | null): void => {
      if (!isLeft) setOpened({ project, trouble })
    }
    const begin = isFirst ? openFirst : open
    begin(project).then(
      () => done(null),
      (thrown: unknown) => done(thrown instanceof Error ? thrown.message : String(thrown)),
    )
    return () => {
      isLeft = true
    }
  }, [open, openFirst, isFirst, project])
  useEffect(() => {
    rememberProject(project)
    return read()
  }, [read, project])
  const isHere = opened?.project === project
  return {
    isRead: isHere && opened.trouble === null && store.isBegun(project),
    trouble: isHere ? opened.trouble : null,
    again: read,
  }
}

const BoardSkeleton = () => (
  <div className="min-w-0 flex-1 overflow-hidden p-3 pt-[3.75rem]">
    <Waiting what="the board" again={() => window.location.reload()}>
      <div className="flex gap-3">
        {[0, 1, 2, 3].map((column) => (
          <div key={column} className="h-[70vh] w-[272px] shrink-0 rounded-card bg-sunken" />
        ))}
      </div>
    </Waiting>
  </div>
)
