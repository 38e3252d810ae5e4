import { type SubmitEvent, useState } from 'react'
import { shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import { whyOf } from '../../live/own/why-of.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/form/field.tsx'

type Made = Readonly<{ created: readonly Readonly<{ key: string }>[] }>

const isMade = shape<Made>('created')

type CreateTaskProps = Readonly<{
  project: Project
  column: string | undefined
  close(): void
  made(key: string): void
}>

/** Asks for a title and makes a task of it; stays open for the next one. */
export const CreateTask = ({ project, column, close, made }: CreateTaskProps) => {
  const hall = useHall()
  const [title, setTitle] = useState('')
  const [goal, setGoal] = useState(column ?? firstColumn(project))
  const [said, setSaid] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const create = async (): Promise<void> => {
    setBusy(true)
    try {
      const input = { project: project.key, items: [{ title, status: goal }] }
      const { created } = await hall.api.write('/tasks', input, isMade)
      const key = created[0]?.key
      if (key === undefined) return
      await hall.store.confirm(key)
      hall.notices.say(`${key} created in ${goal}`)
      made(key)
    } catch (thrown) {
      setSaid(whyOf(thrown))
    } finally {
      setBusy(false)
    }
  }
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    create().catch(() => {})
  }
  return (
    <Dialog title={`New task in ${project.name}`} close={close} wide>
      <form onSubmit={onSubmit} className="grid gap-3 p-4">
        <Field label="Title" value={title} change={setTitle} required maxLength={300} first />
        <label className="text-list font-medium">
          Column
          <select
            value={goal}
            onChange={(event) => setGoal(event.target.value)}
            className="mt-1 block h-9 w-full rounded-control border border-edge bg-surface px-2
              font-normal"
          >
            {project.columns.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <p role="alert" className="text-meta text-bad empty:hidden">
          {said}
        </p>
        <Button type="submit" look="filled" disabled={isBusy || title.trim() === ''}>
          Create task
        </Button>
      </form>
    </Dialog>
  )
}

const firstColumn = ({ columns }: Project): string =>
  (columns.find(({ category }) => category === 'unstarted') ?? columns[0])?.name ?? ''
