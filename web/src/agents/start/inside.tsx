import { Link } from '@tanstack/react-router'
import type { Project } from '../../live/hall.ts'
import { ConnectHere } from '../registry/connect-panel.tsx'
import { MachineStep } from './machine-step.tsx'
import { ProjectStep } from './project-step.tsx'
import type { StepName } from './use-progress.ts'
import type { Place } from './views.ts'

type InsideProps = Readonly<{
  name: StepName
  /** The project that was made or seen last. */
  project: Project | null
  place: Place | null
  /** Agent programs that were found on the machine. */
  programs: readonly string[]
  /** An agent that was made before and has not said a word yet. */
  silent: string | null
  /** No agent is there yet. */
  isFirst: boolean
  setPlace(place: Place | null): void
  setMade(project: string | null): void
  setPrograms(programs: readonly string[]): void
  /** Hears that the agent has said its first word. */
  setOn(): void
  go(to: StepName): void
  leave(): void
}>

/** Shows what there is to do in a step of setting up. */
export const Inside = (props: InsideProps) => {
  const { name, place, setPlace, setMade, setPrograms, go } = props
  switch (name) {
    case 'machine':
      return (
        <MachineStep
          skip={() => go('project')}
          chosen={(found) => {
            setPlace(found)
            go('project')
          }}
          found={setPrograms}
        />
      )
    case 'project':
      return (
        <ProjectStep
          key={place?.path}
          place={place}
          forget={() => setPlace(null)}
          done={(key) => {
            setMade(key)
            go('agent')
          }}
        />
      )
    default:
      return <AgentStep {...props} />
  }
}

const AgentStep = ({ project, programs, silent, isFirst, setOn, leave }: InsideProps) => {
  if (project === null) {
    return <p className="text-list text-text-2">An agent works in projects: make one first.</p>
  }
  return (
    <ConnectHere
      project={project.key}
      programs={programs}
      suggested={isFirst ? 'dev-1' : ''}
      before={silent !== null && <Silent handle={silent} />}
      connected={setOn}
      close={leave}
    />
  )
}

// A key is shown once: whoever left before it was in its place needs another one.
const Silent = ({ handle }: Readonly<{ handle: string }>) => (
  <p role="note" className="rounded-card border border-line bg-wait-soft p-3 text-list text-wait">
    @{handle} was made, and nothing was heard of it yet. Is its key lost? Make{' '}
    <Link to="/agents/$name" params={{ name: handle }} className="underline">
      a new one for @{handle}
    </Link>
    , or another agent here.
  </p>
)
