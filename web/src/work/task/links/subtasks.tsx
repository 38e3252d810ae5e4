import type { Task } from '../../../../../src/work/contract.ts'
import { anything } from '../../../live/api.ts'
import { projectOf } from '../../../live/cards.ts'
import { useHall } from '../../../live/use-hall.ts'
import { AddLine } from '../add-line.tsx'
import { Section } from '../task-section.tsx'
import { TaskRows } from './task-rows.tsx'

type SubtasksProps = Readonly<{ task: Task; mayWrite: boolean }>

/** Shows the parts of a task and how many of them are done; Enter adds one, and then the next. */
export const Subtasks = ({ task, mayWrite }: SubtasksProps) => {
  const live = task.children.filter(({ category }) => category !== 'canceled')
  const done = live.filter(({ category }) => category === 'completed').length
  if (task.children.length === 0 && !mayWrite) return null
  return (
    <Section
      title="Subtasks"
      count={live.length > 0 ? `${done} of ${live.length} done` : task.children.length}
    >
      {live.length > 0 && (
        <div
          role="progressbar"
          aria-label="Subtasks that are done"
          aria-valuemin={0}
          aria-valuemax={live.length}
          aria-valuenow={done}
          className="mb-2 h-1 overflow-hidden rounded-full bg-line"
        >
          <div className="h-full bg-ok" style={{ width: `${(100 * done) / live.length}%` }} />
        </div>
      )}
      <TaskRows rows={task.children} />
      {mayWrite && <AddSubtask task={task} />}
    </Section>
  )
}

const TITLE_MAX = 300

const AddSubtask = ({ task }: Readonly<{ task: Task }>) => {
  const { api, details, notices } = useHall()
  const add = async (title: string): Promise<void> => {
    const items = [{ title, parent: task.key }]
    await api.write('/tasks', { project: projectOf(task.key), items }, anything)
    notices.say(`Subtask added to ${task.key}`)
    await details.confirm(task.key)
  }
  return (
    <AddLine
      label="Add a subtask"
      placeholder="Add a subtask, then Enter"
      maxLength={TITLE_MAX}
      add={add}
    />
  )
}
