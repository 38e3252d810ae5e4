import { Navigate, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { CalendarPlus, Timer } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import { useHall } from '../../live/use-hall.ts'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/state/empty-state.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { ProjectPage } from '../backlog/project-page.tsx'
import { WithSprints } from '../backlog/with-sprints.tsx'
import { sprintSearch } from './chart/sprint-search.ts'
import { PlanDialog } from './plan-dialog.tsx'
import { SprintList } from './sprint-list.tsx'
import { SprintView } from './sprint-view.tsx'

/** Shows a sprint of the project in the address; without a number, the one that runs. */
export const SprintPage = () => (
  <ProjectPage name="Sprint">
    {(project) => (
      <WithSprints project={project} what="the sprints">
        {(sprints) => <Known project={project} sprints={sprints} />}
      </WithSprints>
    )}
  </ProjectPage>
)

type KnownProps = Readonly<{ project: Project; sprints: readonly Sprint[] }>

const Known = ({ project, sprints }: KnownProps) => {
  const { number } = useParams({ strict: false })
  const search = sprintSearch(useSearch({ strict: false }))
  if (number !== undefined) return <One project={project} sprints={sprints} number={number} />
  const goal =
    sprints.find(({ state }) => state === 'active') ??
    sprints.findLast(({ state }) => state === 'planned') ??
    sprints[0]
  if (goal === undefined) return <NoSprints project={project} />
  const params = { project: project.key, number: String(goal.number) }
  return <Navigate to="/p/$project/sprint/$number" params={params} search={search} replace />
}

const One = ({ project, sprints, number }: KnownProps & Readonly<{ number: string }>) => {
  const main = useRef<HTMLElement>(null)
  const sprint = sprints.find((one) => String(one.number) === number)
  useWalk('Sprint', main)
  return (
    <div className="flex min-h-0 min-w-0 flex-1 max-md:flex-col">
      <SprintList sprints={sprints} number={sprint?.number ?? null} />
      <main ref={main} className="min-h-0 min-w-0 flex-1 overflow-y-auto">
        {sprint === undefined ? (
          <ErrorState
            title={`${project.key} has no sprint ${number}`}
            said="Choose another one of the list."
          />
        ) : (
          <SprintView key={sprint.number} project={project} sprint={sprint} sprints={sprints} />
        )}
      </main>
    </div>
  )
}

const NoSprints = ({ project }: Readonly<{ project: Project }>) => {
  const hall = useHall()
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  const mayWrite = hall.may('sprint:write', project.key)
  const go = (number: number): void => {
    const params = { project: project.key, number: String(number) }
    navigate({ to: '/p/$project/sprint/$number', params }).catch(() => {})
  }
  return (
    <main className="m-auto">
      <h1 className="sr-only">Sprints of {project.name}</h1>
      <EmptyState
        icon={<Timer className="size-6" />}
        title="There is no sprint yet"
        about="A sprint is a goal, some days and the tasks that are handed out first meanwhile."
        command={`guildhall sprint save ${project.key}`}
        action={
          mayWrite && (
            <Button look="filled" onClick={() => setOpen(true)}>
              <CalendarPlus className="size-4" /> Plan a sprint
            </Button>
          )
        }
      />
      {isOpen && (
        <PlanDialog
          project={project}
          sprints={[]}
          sprint={null}
          close={() => setOpen(false)}
          done={go}
        />
      )}
    </main>
  )
}
