import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { AgentTab } from '../../context/editor/agent-tab.tsx'
import { projectOf } from '../../live/cards.ts'
import { useHall } from '../../live/use-hall.ts'

/** Shows what an agent that takes the task will be told about the work around it. */
export const TaskContext = ({ taskKey }: Readonly<{ taskKey: string }>) => {
  const { may } = useHall()
  const [isOpen, setOpen] = useState(false)
  const project = projectOf(taskKey)
  if (!may('context:read', project)) return null
  return (
    <details className="mt-6" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="mb-2 w-fit cursor-pointer rounded-control text-list font-semibold">
        What the agent will see
      </summary>
      {isOpen && (
        <>
          <div className="-mx-4">
            <AgentTab at={taskKey} />
          </div>
          <Link
            to="/p/$project/context"
            params={{ project }}
            search={{ at: taskKey }}
            className="text-list text-accent underline underline-offset-2"
          >
            Open the context of {taskKey}
          </Link>
        </>
      )}
    </details>
  )
}
