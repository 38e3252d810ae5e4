import { Button } from '../../ui/button.tsx'
import { useBoard } from './board-context.ts'
import type { Shape } from './shape.ts'

type BoardNoteProps = Readonly<{ shape: Shape; isFiltered: boolean; clear(): void }>

/** Says why a board shows no card, and what to do about it. */
export const BoardNote = ({ shape, isFiltered, clear }: BoardNoteProps) => {
  const { project, mayMove, openCreate } = useBoard()
  if (shape.shown > 0) return null
  return (
    <div
      role="status"
      className="mx-3 mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card border
        border-line bg-surface px-3 py-2 text-list text-text-2"
    >
      {isFiltered ? (
        <>
          <p className="min-w-0 flex-1">No task matches the filter.</p>
          <Button onClick={clear}>Clear filter</Button>
        </>
      ) : (
        <>
          <p className="min-w-0 flex-1">
            No tasks here yet. Create one, or bring a backlog along:{' '}
            <code className="font-mono text-meta break-words text-text">
              guildhall import beads FILE --project {project.key}
            </code>
          </p>
          {mayMove && <Button onClick={() => openCreate()}>Create a task</Button>}
        </>
      )}
    </div>
  )
}
