import { Link } from '@tanstack/react-router'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import type { Worker } from '../../work/people-views.ts'
import { type Agent, successOf } from './views.ts'

type AgentLineProps = Readonly<{
  agent: Agent
  worker: Worker | undefined
  seenAt: string | null
}>

/** Shows an agent in a line: what it does now, what waits for it, how it went, who answers. */
export const AgentLine = ({ agent, worker, seenAt }: AgentLineProps) => {
  const { handle, status, projects, responsible } = agent
  return (
    <li className="relative flex items-start gap-3 px-4 py-2.5 hover:bg-hover" data-agent={handle}>
      <span className="pt-0.5">
        <Avatar handle={handle} size="large" />
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            to="/agents/$name"
            params={{ name: handle }}
            data-line={handle}
            className="rounded-control font-medium after:absolute after:inset-0"
          >
            @{handle}
          </Link>
          {status !== 'active' && <Badge hue="bad">{status}</Badge>}
          <Doing worker={worker} />
        </div>
        <div className="mt-0.5 flex flex-wrap gap-x-2 text-list text-text-2">
          <span>{projects.join(', ') || 'no project'}</span>
          {responsible !== null && <span>answers to @{responsible}</span>}
          {worker !== undefined && worker.queued > 0 && <span>{worker.queued} queued</span>}
        </div>
      </div>
      <div className="shrink-0 text-right text-meta text-text-3 max-sm:max-w-24">
        <div>{worker === undefined ? 'nothing ended yet' : successOf(worker)}</div>
        {seenAt !== null && (
          <div>
            seen <Moment at={seenAt} />
          </div>
        )}
      </div>
    </li>
  )
}

const Doing = ({ worker }: Pick<AgentLineProps, 'worker'>) => {
  if (worker === undefined || worker.running === 0) {
    return <span className="text-list text-text-3">idle</span>
  }
  const more = worker.running - worker.keys.length
  return (
    <Badge hue="run" title="What it works on now">
      {worker.keys.join(', ') + (more > 0 ? ` and ${more} more` : '')}
    </Badge>
  )
}
