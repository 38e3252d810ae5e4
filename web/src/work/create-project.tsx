import { useNavigate } from '@tanstack/react-router'
import { type SubmitEvent, useState } from 'react'
import { shape } from '../live/api.ts'
import type { Project } from '../live/hall.ts'
import { whyOf } from '../live/own/why-of.ts'
import { useHall } from '../live/use-hall.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/form/field.tsx'
import { keyFor } from './project-key.ts'

const isProject = shape<Project>('key', 'name')

type CreateProjectProps = Readonly<{
  close(): void
  /** Hears of the project that was made; not given: its board is shown. */
  made?: (key: string) => void
}>

/** Asks for a name and a key, and makes a project of them. */
export const CreateProject = ({ close, made }: CreateProjectProps) => {
  const hall = useHall()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [key, setKey] = useState<string | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const shownKey = key ?? keyFor(name)
  const submit = async (): Promise<void> => {
    setBusy(true)
    try {
      const project = await hall.api.write('/projects', { key: shownKey, name }, isProject)
      await hall.start()
      close()
      if (made !== undefined) return made(project.key)
      await navigate({ to: '/p/$project/board', params: { project: project.key } })
    } catch (thrown) {
      setSaid(whyOf(thrown))
      setBusy(false)
    }
  }
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    submit().catch(() => {})
  }
  return (
    <Dialog title="New project" close={close}>
      <form onSubmit={onSubmit} className="grid gap-3 p-4">
        <Field label="Name" value={name} change={setName} required maxLength={100} first />
        <Field
          label="Key"
          about="The tasks will be called by it, such as GH-12."
          value={shownKey}
          change={(text) => setKey(text.toUpperCase())}
          required
          maxLength={10}
          pattern="[A-Z][A-Z0-9]+"
        />
        <p role="alert" className="text-meta text-bad empty:hidden">
          {said}
        </p>
        <Button type="submit" look="filled" disabled={isBusy}>
          Create project
        </Button>
      </form>
    </Dialog>
  )
}
