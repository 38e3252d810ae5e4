import { Hand, MoveRight, Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { Task } from '../../../../src/work/contract.ts'
import { shape } from '../../live/api.ts'
import { projectOf } from '../../live/cards.ts'
import { useHall, useProject, useTopic } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { HandBack } from './hand-back.tsx'
import { MoveDialog } from '../move-dialog.tsx'
import { moveTask } from '../moves.ts'

const isDone = shape<Readonly<{ key: string }>>('key')
const CLOSED: ReadonlySet<string> = new Set(['completed', 'canceled'])

/** Shows what the person can do with a task as it stands now. */
export const TaskActions = ({ task }: Readonly<{ task: Task }>) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const project = useProject(task.key)
  const [open, setOpen] = useState<'move' | 'hand back' | null>(null)
  const [isBusy, setBusy] = useState(false)
  const close = (): void => setOpen(null)
  const act = async (verb: string, input: object, said: string): Promise<boolean> => {
    setBusy(true)
    try {
      await hall.api.write(`/tasks/${task.key}/${verb}`, input, isDone)
      await hall.store.confirm(task.key)
      hall.notices.say(`${task.key} ${said}`)
      return true
    } catch (thrown) {
      hall.notices.show('bad', thrown instanceof Error ? thrown.message : String(thrown))
      return false
    } finally {
      hall.details.refresh()
      setBusy(false)
    }
  }
  const go = (verb: string, said: string) => () => {
    act(verb, {}, said).catch(() => {})
  }
  const may = (permission: string): boolean => hall.may(permission, projectOf(task.key))
  const isMine = task.holder !== null && task.holder === me?.handle
  const isClosed = CLOSED.has(task.category)
  const card = hall.store.cards.get(task.id)
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      {task.ready && may('task:claim') && (
        <Button look="filled" disabled={isBusy} onClick={go('claim', 'is yours')}>
          <Hand className="size-4" /> Claim
        </Button>
      )}
      {task.holder !== null && !isMine && !isClosed && may('task:takeover') && (
        <Button disabled={isBusy} onClick={go('take-over', 'is yours')}>
          <Hand className="size-4" /> Take over
        </Button>
      )}
      {isMine && (
        <Button disabled={isBusy} onClick={() => setOpen('hand back')}>
          <Undo2 className="size-4" /> Hand back
        </Button>
      )}
      {project && card && may('task:write') && (
        <Button disabled={isBusy} onClick={() => setOpen('move')}>
          <MoveRight className="size-4" /> Move
        </Button>
      )}
      {open === 'move' && project && card && (
        <MoveDialog
          card={card}
          project={project}
          close={close}
          move={(column) => {
            close()
            moveTask(hall, { card, project, goal: { column } })
              .finally(hall.details.refresh)
              .catch(() => {})
          }}
        />
      )}
      {open === 'hand back' && (
        <HandBack
          taskKey={task.key}
          close={close}
          handBack={(input) => {
            close()
            act('hand-back', input, 'is back in the queue').catch(() => {})
          }}
        />
      )}
    </div>
  )
}
