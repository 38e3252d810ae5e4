import { Archive, Flag } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Task } from '../../../../src/work/contract.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { saveTask } from './edit/save-task.ts'

type TaskNotesProps = Readonly<{ task: Task; mayWrite: boolean }>

/** Shows what holds a task up besides other tasks: its flag, and that it is archived. */
export const TaskNotes = ({ task, mayWrite }: TaskNotesProps) => {
  const hall = useHall()
  const { blocked, archived } = task
  const save = (fields: Readonly<Record<string, unknown>>, said: string): void => {
    const shown = 'blocked' in fields ? { blocked: null } : { archived: false }
    const back = 'blocked' in fields ? { blocked } : { archived: true }
    saveTask(hall, { task, fields, shown, back, said }).catch(() => {})
  }
  return (
    <>
      {blocked !== null && (
        <Note
          icon={<Flag className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden="true" />}
          button={mayWrite ? 'Take the flag away' : null}
          act={() => save({ blocked: null }, 'is not flagged any more')}
        >
          <strong className="font-medium">Flagged:</strong> {blocked}
        </Note>
      )}
      {archived && (
        <Note
          icon={<Archive className="mt-0.5 size-4 shrink-0 text-text-3" aria-hidden="true" />}
          button={mayWrite ? 'Bring back' : null}
          act={() => save({ archived: false }, 'is back')}
        >
          This task is archived.
        </Note>
      )}
    </>
  )
}

type NoteProps = Readonly<{
  icon: ReactNode
  button: string | null
  act(): void
  children: ReactNode
}>

const Note = ({ icon, button, act, children }: NoteProps) => (
  <div
    className="mt-3 flex flex-wrap items-start gap-x-2 gap-y-1.5 rounded-card border border-line
      bg-sunken px-3 py-2 text-list"
  >
    {icon}
    <p className="min-w-0 flex-1 [overflow-wrap:anywhere]" dir="auto">
      {children}
    </p>
    {button !== null && (
      <Button className="-my-1" onClick={act}>
        {button}
      </Button>
    )}
  </div>
)
