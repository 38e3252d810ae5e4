import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { ProjectChecks } from '../../ui/form/project-checks.tsx'
import { Select } from '../../ui/form/select.tsx'

type Made = Readonly<{ key: string; principal: string }>

const isMade = shape<Made>('key', 'principal')
const DAYS = [7, 30, 90, 365] as const
const DAYS_USUAL = '90'

type NewKeyProps = Readonly<{ made(): void; close(): void }>

/** Makes a key of one's own, and shows it the one time that it can be seen. */
export const NewKey = ({ made, close }: NewKeyProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const known = useProjects() ?? []
  const [name, setName] = useState('')
  const [days, setDays] = useState(DAYS_USUAL)
  const [projects, setProjects] = useState<readonly string[]>([])
  const [shown, setShown] = useState<Made | null>(null)
  const make = async (): Promise<void> => {
    const input = { name, days: Number(days), ...(projects.length > 0 && { projects }) }
    setShown(await api.write('/keys', input, isMade))
    made()
  }
  if (shown !== null) {
    return (
      <div className="grid gap-3">
        <p className="text-text-2">Keep it now: it is never shown again.</p>
        <CopyBox label="New key" text={shown.key}>
          <Button look="filled" onClick={close}>
            I have kept it
          </Button>
        </CopyBox>
      </div>
    )
  }
  return (
    <Form
      deed={deed}
      act={make}
      button="Make the key"
      fields={['name']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Name"
          about="What will use it, so that you know it again."
          value={name}
          change={setName}
          problem={problemAt(deed, 'name')}
          maxLength={80}
          required
          first
        />
        <Select
          label="It ends after"
          value={days}
          change={setDays}
          options={DAYS.map((count) => ({ value: String(count), name: `${count} days` }))}
        />
      </div>
      <ProjectChecks
        label="Only in these projects (none ticked: wherever you may act)"
        projects={known}
        chosen={projects}
        change={setProjects}
      />
    </Form>
  )
}
