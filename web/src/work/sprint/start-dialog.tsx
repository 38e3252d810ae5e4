import { useState } from 'react'
import { shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import { useHall } from '../../live/use-hall.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { sendEdits } from '../backlog/change/send.ts'
import { queueOf } from '../backlog/change/targets.ts'
import { useSprintCards } from './use-sprint-cards.ts'

const isSprint = shape<Sprint>('number', 'state')

type StartDialogProps = Readonly<{ project: Project; sprint: Sprint; close(): void }>

/** Asks before a sprint starts, and whether what waits outside of the queue comes into it. */
export const StartDialog = ({ project, sprint, close }: StartDialogProps) => {
  const hall = useHall()
  const deed = useDeed()
  const cards = useSprintCards(project, sprint.number)
  const [isQueued, setQueued] = useState(true)
  const queue = queueOf(project)
  const outside = cards.filter(({ category }) => category === 'backlog' || category === 'triage')
  const start = async (): Promise<void> => {
    const path = `/projects/${project.key}/sprints/${sprint.number}/start`
    await hall.api.write(path, {}, isSprint)
    if (queue !== undefined && isQueued) {
      const shown = { column: queue.name, category: queue.category }
      const edits = outside.map((card) => ({ card, patch: { status: queue.name }, shown }))
      await sendEdits(hall, edits)
    }
    await hall.sprints.read(project.key)
    hall.notices.say(`Sprint ${sprint.number} started`)
    close()
  }
  return (
    <Dialog title={`Start sprint ${sprint.number}`} close={close}>
      <div className="grid gap-3 p-4">
        <p className="text-text-2">
          {cards.length === 0
            ? 'There is no task in it yet; tasks can still come in while it runs.'
            : `Its ${cards.length === 1 ? 'task is' : `${cards.length} tasks are`} handed out ` +
              'before all others of the project.'}
        </p>
        <Form deed={deed} act={start} button="Start sprint">
          {outside.length > 0 && queue !== undefined && (
            <label className="flex items-start gap-2 text-list">
              <input
                type="checkbox"
                checked={isQueued}
                onChange={({ target }) => setQueued(target.checked)}
                className="mt-0.5 size-4 shrink-0 accent-accent"
              />
              <span>
                Move {outside.length === 1 ? 'the task' : `the ${outside.length} tasks`} that{' '}
                {outside.length === 1 ? 'stands' : 'stand'} outside of the queue into {queue.name}
              </span>
            </label>
          )}
        </Form>
      </div>
    </Dialog>
  )
}
