import { useState } from 'react'
import { shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import { useHall } from '../../live/use-hall.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { lastDay, nextStart } from './days.ts'

const isSprint = shape<Sprint>('number', 'state', 'version')
const GOAL_LETTERS_MAX = 300

type PlanDialogProps = Readonly<{
  project: Project
  sprints: readonly Sprint[]
  /** The sprint whose plan changes; `null` plans a new one. */
  sprint: Sprint | null
  close(): void
  done?: (number: number) => void
}>

/** Asks for the goal and the days of a sprint. */
export const PlanDialog = ({ project, sprints, sprint, close, done }: PlanDialogProps) => {
  const hall = useHall()
  const deed = useDeed()
  const [goal, setGoal] = useState(sprint?.goal ?? '')
  const [start, setStart] = useState(() => sprint?.startsOn ?? (sprint ? '' : nextStart(sprints)))
  const [end, setEnd] = useState(
    () => sprint?.endsOn ?? (sprint ? '' : lastDay(nextStart(sprints), sprints)),
  )
  const save = async (): Promise<void> => {
    const words = goal.trim()
    const data = {
      ...(words !== '' && { goal: words }),
      starts_on: start === '' ? null : start,
      ends_on: end === '' ? null : end,
      ...(sprint && { version: sprint.version }),
    }
    const input = sprint === null ? { data } : { id: sprint.number, data }
    const { number } = await hall.api.write(`/projects/${project.key}/sprints`, input, isSprint)
    await hall.sprints.read(project.key)
    hall.notices.say(`Sprint ${number} ${sprint === null ? 'planned' : 'saved'}`)
    close()
    done?.(number)
  }
  return (
    <Dialog title={sprint === null ? 'Plan a sprint' : `Sprint ${sprint.number}`} close={close}>
      <div className="p-4">
        <Form
          deed={deed}
          act={save}
          button={sprint === null ? 'Plan sprint' : 'Save'}
          fields={['data.ends_on', 'ends_on']}
        >
          <Field
            label="Goal"
            about="What is there when it is over, in a sentence."
            value={goal}
            change={setGoal}
            maxLength={GOAL_LETTERS_MAX}
            dir="auto"
            first
          />
          <div className="grid grid-cols-2 gap-3">
            <Field label="First day" type="date" value={start} change={setStart} />
            <Field
              label="Last day"
              type="date"
              value={end}
              change={setEnd}
              problem={problemAt(deed, 'ends_on') ?? problemAt(deed, 'data.ends_on')}
            />
          </div>
        </Form>
      </div>
    </Dialog>
  )
}
