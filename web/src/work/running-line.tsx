import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Person } from '../ui/avatar.tsx'
import { Badge } from '../ui/badge.tsx'
import { Moment } from '../ui/moment.tsx'
import { plainWords } from '../ui/plain-words.ts'
import type { Running } from './people-views.ts'

type RunningLineProps = Readonly<{
  item: Running
  /** Left out where the page is about one of them. */
  isAboutOne?: boolean
  /** Stands at the end of the line. */
  action?: ReactNode
}>

/** Shows a task that somebody works on: agents and people in the same form. */
export const RunningLine = ({ item, isAboutOne = false, action }: RunningLineProps) => (
  <li className="flex items-start gap-3 px-4 py-2.5 hover:bg-hover" data-running={item.key}>
    <div className="min-w-0 flex-1">
      <div className="flex min-w-0 items-baseline gap-2">
        <Link
          to="/t/$key"
          params={{ key: item.key }}
          data-line={item.key}
          className="flex min-w-0 items-baseline gap-2 rounded-control"
        >
          <span className="shrink-0 text-meta text-text-3">{item.key}</span>
          <span className="truncate font-medium" dir="auto">
            {item.title}
          </span>
        </Link>
        {item.stop && (
          <Badge hue="wait" title="Its holder hears it with the next update.">
            asked to stop
          </Badge>
        )}
      </div>
      <div className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-0.5 text-list text-text-2">
        {!isAboutOne && <Person handle={item.holder} />}
        <span>{item.column}</span>
        <span>
          since <Moment at={item.since} />
        </span>
        {item.leaseExpires !== null && (
          <span title="Without a sign of life the task goes back to the queue then.">
            lease ends <Moment at={item.leaseExpires} />
          </span>
        )}
        {!item.claimed && <span>without a claim</span>}
      </div>
      {item.note !== null && (
        <p className="mt-0.5 line-clamp-2 text-list break-words text-text-3" dir="auto">
          {plainWords(item.note)}
        </p>
      )}
    </div>
    <Progress percent={item.progress} />
    {action}
  </li>
)

const Progress = ({ percent }: Readonly<{ percent: number }>) => (
  <div className="w-16 shrink-0 pt-0.5 max-sm:w-10">
    <div className="text-right text-meta text-text-2 tabular-nums">{percent} %</div>
    <div className="mt-0.5 h-1 overflow-hidden rounded-full bg-line" aria-hidden="true">
      <div className="h-full rounded-full bg-run" style={{ width: `${percent}%` }} />
    </div>
  </div>
)
