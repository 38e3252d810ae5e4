import { Outlet, useParams, useSearch } from '@tanstack/react-router'
import { useHall, useProject, useProjects, useTopic } from '../live/use-hall.ts'
import { useCurrentProject } from '../shell/frame.tsx'
import { ErrorState } from '../ui/state/error-state.tsx'
import { Waiting } from '../ui/state/skeleton.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { Board } from './board/board.tsx'
import { useOpened } from './use-opened.ts'

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
  if (isKnown && project === undefined) return <Missing what={openKey ?? key} />
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
