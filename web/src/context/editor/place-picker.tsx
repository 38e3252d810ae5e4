import { type SubmitEvent, useEffect, useId, useState } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import { shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import { useRead } from '../../live/use-read.ts'

type PlacePickerProps = Readonly<{ project: Project; at: string; go(at: string): void }>

const isFound = shape<Readonly<{ items: readonly Card[] }>>('items')
const TASK = /^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/
const FOUND_MAX = 20
const PAUSE_MS = 250

/** Asks for the place to look at: the organisation, the project, a branch, a task. */
export const PlacePicker = ({ project, at, go }: PlacePickerProps) => {
  const isTask = TASK.test(at)
  const wide = [
    { at: 'global', name: 'The organisation' },
    { at: project.key, name: `Project ${project.key}` },
    ...project.branches.map((name) => ({
      at: `${project.key}/${name}`,
      name: `Branch ${name}`,
    })),
  ]
  return (
    <div className="flex min-w-0 items-center gap-2">
      <select
        aria-label="Place"
        value={isTask ? '' : at}
        onChange={({ target }) => go(target.value)}
        className="h-8 max-w-48 min-w-0 rounded-control border border-edge bg-surface px-2
          text-list"
      >
        {isTask && <option value="">A task</option>}
        {wide.map((one) => (
          <option key={one.at} value={one.at}>
            {one.name}
          </option>
        ))}
      </select>
      <TaskField key={at} project={project.key} value={isTask ? at : ''} go={go} />
    </div>
  )
}

type TaskFieldProps = Readonly<{ project: string; value: string; go(at: string): void }>

const TaskField = ({ project, value, go }: TaskFieldProps) => {
  const listId = useId()
  const [text, setText] = useState(value)
  const items = useFound(project, text)
  const write = (next: string): void => {
    setText(next)
    // A line of the list was chosen: nothing more has to be pressed.
    if (items.some(({ key }) => key === next)) go(next)
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const key = text.trim().toUpperCase()
    const only = items.length === 1 ? items[0]?.key : undefined
    const found = TASK.test(key) ? key : only
    if (found !== undefined) go(found)
  }
  return (
    <form onSubmit={submit} className="min-w-0 max-sm:flex-1">
      <input
        aria-label="Task"
        placeholder={`Task, such as ${project}-12`}
        list={listId}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => write(target.value)}
        className="h-8 w-44 min-w-0 rounded-control border border-edge bg-surface px-2 text-list
          max-sm:w-full"
      />
      <datalist id={listId}>
        {items.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </datalist>
    </form>
  )
}

const NONE: readonly Card[] = []

const useFound = (project: string, text: string): readonly Card[] => {
  const [wanted, setWanted] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setWanted(text.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  const query = `project=${project}&limit=${FOUND_MAX}&q=${encodeURIComponent(wanted)}`
  const { data } = useRead(wanted === '' ? null : `/tasks?${query}`, isFound)
  return data?.items ?? NONE
}
