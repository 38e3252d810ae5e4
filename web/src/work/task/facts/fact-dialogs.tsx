import { type SubmitEvent, useState } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { projectOf } from '../../../live/cards.ts'
import type { Project } from '../../../live/hall.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Field } from '../../../ui/form/field.tsx'
import { StateGlyph } from '../../../ui/state-glyph.tsx'
import { PickDialog } from '../../backlog/pick/pick-dialog.tsx'
import { useFoundTasks } from '../../backlog/pick/use-found-tasks.ts'
import { localDay } from '../../sprint/days.ts'
import { useListedHandles } from '../../use-handles.ts'
import { TYPES } from '../../words.ts'
import type { FactKind } from '../asked.ts'
import { type TaskEdit, saveTask } from '../edit/save-task.ts'

type FactDialogProps = Readonly<{ task: Task; close(): void }>
type Change = Omit<TaskEdit, 'task'>

/** Asks for another value of a fact. */
export const FactDialog = ({
  what,
  project,
  ...props
}: FactDialogProps & Readonly<{ what: FactKind; project: Project }>) => {
  switch (what) {
    case 'type':
      return <PickType {...props} />
    case 'branch':
      return <PickBranch {...props} branches={project.branches} />
    case 'parent':
      return <PickParent {...props} />
    case 'delegate':
      return <PickDelegate {...props} />
    case 'skills':
      return <WriteSkills {...props} />
    default:
      return <PickDue {...props} />
  }
}

const useSave = ({ task, close }: FactDialogProps) => {
  const hall = useHall()
  return (change: Change): void => {
    close()
    saveTask(hall, { task, ...change }).catch(() => {})
  }
}

const PickType = (props: FactDialogProps) => {
  const { task, close } = props
  const save = useSave(props)
  const choose = (value: string): void => {
    const type = TYPES.find((one) => one === value)
    if (type === undefined) return
    const fields = { type }
    save({ fields, shown: fields, back: { type: task.type }, said: `is a ${type}` })
  }
  const options = TYPES.map((type) => ({
    ...{ value: type, name: `${type.charAt(0).toUpperCase()}${type.slice(1)}` },
    isChosen: task.type === type,
  }))
  return (
    <PickDialog title={`Type of ${task.key}`} placeholder="Type" {...{ options, choose, close }} />
  )
}

const PickBranch = (props: FactDialogProps & Readonly<{ branches: readonly string[] }>) => {
  const { task, close, branches } = props
  const save = useSave(props)
  const options = branches.map((branch) => ({
    ...{ value: branch, name: branch, isChosen: task.branch === branch },
  }))
  const choose = (branch: string): void => {
    const fields = { branch }
    save({ fields, shown: fields, back: { branch: task.branch }, said: `moved to ${branch}` })
  }
  return (
    <PickDialog
      title={`Branch of ${task.key}`}
      placeholder="Branch"
      {...{ options, choose, close }}
    />
  )
}

const NONE = ' '

const PickParent = (props: FactDialogProps) => {
  const { task, close } = props
  const save = useSave(props)
  const project = projectOf(task.key)
  // What cannot be searched for finds nothing; the next letter may.
  const { found, search } = useFoundTasks(task.key, (words) => `q=${words}&project=${project}`)
  const options = [
    { value: NONE, name: 'No parent', isChosen: task.parent === null },
    ...found.map(({ key, title, category }) => ({
      ...{ value: key, name: title, about: key, isChosen: task.parent === key },
      mark: <StateGlyph category={category} />,
    })),
  ]
  const choose = (value: string): void => {
    const parent = value === NONE ? null : value
    const said = parent === null ? 'stands alone' : `is part of ${parent}`
    save({ fields: { parent }, shown: { parent }, back: { parent: task.parent }, said })
  }
  return (
    <PickDialog
      title={`What ${task.key} is part of`}
      placeholder="Find a task"
      {...{ options, search, choose, close }}
    />
  )
}

const PickDelegate = (props: FactDialogProps) => {
  const { task, close } = props
  const save = useSave(props)
  const handles = useListedHandles(true)
  const options = [
    { value: NONE, name: 'Everybody', isChosen: task.delegate === null },
    ...handles.map((handle) => ({
      ...{ value: handle, name: `@${handle}`, isChosen: task.delegate === handle },
      mark: <Avatar handle={handle} />,
    })),
  ]
  const choose = (value: string): void => {
    const delegate = value === NONE ? null : value
    const said = delegate === null ? 'is open to everybody' : `is meant for @${delegate}`
    save({ fields: { delegate }, shown: { delegate }, back: { delegate: task.delegate }, said })
  }
  return (
    <PickDialog
      title={`Who may claim ${task.key}`}
      placeholder="Agent"
      {...{ options, choose, close }}
    />
  )
}

const SKILLS_CHARS_MAX = 500

const WriteSkills = (props: FactDialogProps) => {
  const { task, close } = props
  const save = useSave(props)
  const [text, setText] = useState(task.skills.join(', '))
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const skills = [...new Set(text.split(',').map((word) => word.trim()))].filter(Boolean)
    const added = skills.filter((word) => !task.skills.includes(word)).map((word) => `+${word}`)
    const gone = task.skills.filter((word) => !skills.includes(word)).map((word) => `-${word}`)
    const signed = [...added, ...gone]
    if (signed.length === 0) return close()
    const back = signed.map((word) => `${word.startsWith('+') ? '-' : '+'}${word.slice(1)}`)
    const said = skills.length === 0 ? 'needs no skills' : `needs ${skills.join(', ')}`
    save({ fields: { skills: signed }, shown: { skills }, back: { skills: back }, said })
  }
  return (
    <Dialog title={`Skills that ${task.key} needs`} close={close}>
      <form onSubmit={submit} className="grid gap-3 p-4">
        <Field
          label="Skills"
          about="Words with commas between them. Only agents that have them all claim it."
          value={text}
          change={setText}
          maxLength={SKILLS_CHARS_MAX}
          first
        />
        <Button type="submit" look="filled">
          Save
        </Button>
      </form>
    </Dialog>
  )
}

const PickDue = (props: FactDialogProps) => {
  const { task, close } = props
  const save = useSave(props)
  const [day, setDay] = useState(task.due === null ? '' : localDay(new Date(task.due)))
  const keep = (due: string | null): void => {
    const shown = { due: due === null ? null : new Date(`${due}T00:00:00`).toISOString() }
    const said = due === null ? 'has no due date' : `is due on ${due}`
    save({ fields: { due }, shown, back: { due: task.due }, said })
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    keep(day === '' ? null : day)
  }
  return (
    <Dialog title={`When ${task.key} is due`} close={close}>
      <form onSubmit={submit} className="grid gap-3 p-4">
        <Field label="Day" type="date" value={day} change={setDay} first />
        <div className="flex gap-2">
          <Button type="submit" look="filled">
            Save
          </Button>
          {task.due !== null && <Button onClick={() => keep(null)}>No date</Button>}
        </div>
      </form>
    </Dialog>
  )
}
