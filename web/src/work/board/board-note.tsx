import { boardTopic } from '../../live/cards.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { matches, useBoard } from './board-context.ts'

type BoardNoteProps = Readonly<{ clear(): void }>

/** Says why a board shows no card, and what to do about it. */
export const BoardNote = ({ clear }: BoardNoteProps) => {
  const { project, filter, mayMove, openCreate } = useBoard()
  const { store } = useHall()
  const isBare = useTopic(boardTopic(project.key), () =>
    project.columns.every(({ name }) =>
      store.cards
        .column(project.key, name)
        .every((id) => filter !== '' && !matches(store.cards.get(id), filter)),
    ),
  )
  if (!isBare) return null
  return (
    <div
      role="status"
      className="mx-3 mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card border
        border-line bg-surface px-3 py-2 text-list text-text-2"
    >
      {filter === '' ? (
        <>
          <p className="min-w-0 flex-1">
            No tasks here yet. Create one, or bring a backlog along:{' '}
            <code className="font-mono text-meta break-words text-text">
              guildhall import beads FILE --project {project.key}
            </code>
          </p>
          {mayMove && <Button onClick={() => openCreate()}>Create a task</Button>}
        </>
      ) : (
        <>
          <p className="min-w-0 flex-1">No task matches the filter.</p>
          <Button onClick={clear}>Clear filter</Button>
        </>
      )}
    </div>
  )
}
