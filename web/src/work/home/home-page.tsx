import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { useLive } from '../../live/use-live.ts'
import { useProjects } from '../../live/use-hall.ts'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { Page } from '../../shell/page.tsx'
import { lastProject } from '../last-project.ts'
import { isRunning, WORK_EVENTS } from '../people-views.ts'
import { Health } from './health.tsx'
import { NeedsYou } from './needs-you.tsx'
import { RunningNow } from './running-now.tsx'
import { Today } from './today.tsx'
import { Welcome } from './welcome.tsx'

// A lease that is renewed leaves no event: how much of it is left shows with the next look.
const LOOK_MS = 20_000
const RUNNING = { is: isRunning, wants: WORK_EVENTS, everyMs: LOOK_MS }

/** Shows what needs the person, what goes on, what was done today, and how the hub is. */
export const HomePage = () => {
  const projects = useProjects()
  if (projects === null) return <p className="sr-only">Loading</p>
  return projects.length === 0 ? <Welcome /> : <Overview />
}

const Overview = () => {
  const list = useRef<HTMLDivElement>(null)
  const running = useLive('/work/running', RUNNING)
  useWalk('Home', list)
  return (
    <Page title="Home" action={<BoardLink />}>
      <div ref={list} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <NeedsYou />
        <RunningNow read={running} />
        <Today />
        <Health />
      </div>
    </Page>
  )
}

const BoardLink = () => {
  const projects = useProjects() ?? []
  const last = lastProject()
  const project = projects.find(({ key }) => key === last) ?? projects[0]
  if (project === undefined) return null
  return (
    <Link
      to="/p/$project/board"
      params={{ project: project.key }}
      className="inline-flex h-8 max-w-64 items-center rounded-control border border-line bg-surface
        px-2.5 text-list font-medium hover:bg-hover"
    >
      <span className="truncate">Board of {project.name}</span>
    </Link>
  )
}
