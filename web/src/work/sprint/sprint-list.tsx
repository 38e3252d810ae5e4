import { Link, useSearch } from '@tanstack/react-router'
import type { Sprint } from '../../live/sprints.ts'
import { sprintSearch } from './chart/sprint-search.ts'
import { sayDays } from './days.ts'

const WORDS = { planned: 'Planned', active: 'Running', closed: 'Closed' } as const

type SprintListProps = Readonly<{ sprints: readonly Sprint[]; number: number | null }>

/** Shows the sprints of a project, newest first, and the way to each. */
export const SprintList = ({ sprints, number }: SprintListProps) => {
  // Who compares sprints stays in the view in which they do.
  const search = sprintSearch(useSearch({ strict: false }))
  return (
    <nav
      aria-label="Sprints"
      className="shrink-0 overflow-auto border-line max-md:flex max-md:gap-1 max-md:border-b
      max-md:px-2 max-md:py-1.5 md:w-52 md:border-r md:p-2"
    >
      {sprints.map((sprint) => (
        <Link
          key={sprint.number}
          to="/p/$project/sprint/$number"
          params={{ project: sprint.project, number: String(sprint.number) }}
          search={search}
          aria-current={sprint.number === number ? 'page' : undefined}
          className="block shrink-0 rounded-control px-2.5 py-1.5 text-list text-text-2
          hover:bg-hover hover:text-text aria-[current=page]:bg-hover
          aria-[current=page]:text-text"
        >
          <span className="flex items-baseline justify-between gap-2">
            <span className="font-medium whitespace-nowrap">Sprint {sprint.number}</span>
            <span className={`text-meta ${sprint.state === 'active' ? 'text-run' : 'text-text-3'}`}>
              {WORDS[sprint.state]}
            </span>
          </span>
          <span className="block truncate text-meta text-text-3 max-md:hidden" dir="auto">
            {sprint.goal || sayDays(sprint.startsOn, sprint.endsOn) || 'No goal'}
          </span>
        </Link>
      ))}
    </nav>
  )
}
