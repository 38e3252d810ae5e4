import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Select } from '../../ui/form/select.tsx'
import type { Objective } from '../views.ts'
import { withBelow } from './tree.ts'
import type { Objectives, ObjectiveWish } from './use-objectives.ts'
import { fieldsOf, readFields, TEXT_FIELDS, type VisionFields } from './vision-fields.ts'

type ObjectiveFormProps = Readonly<{
  objectives: Objectives
  /** The one to change; `null`: a new one. */
  before: Objective | null
  /** Where a new one goes. */
  parent: string | null
  done(id: string): void
  close(): void
}>

/** Asks for what an objective is. */
export const ObjectiveForm = (props: ObjectiveFormProps) => {
  const { objectives, before, parent, done, close } = props
  const deed = useDeed()
  const [fields, setFields] = useState(() => fieldsOf(before, parent))
  const set = (name: keyof VisionFields) => (text: string) => setFields({ ...fields, [name]: text })
  const act = async (): Promise<void> => {
    const read = readFields(fields)
    if ('problem' in read) {
      deed.object({ said: read.problem, field: read.field, code: 'web.not_right' })
      return
    }
    done(await objectives.save(before, changesOf(before, read.wish)))
  }
  const all = objectives.list ?? []
  return (
    <Dialog title={before === null ? 'New objective' : `Change ${before.id}`} close={close} wide>
      <div className="p-4">
        <Form
          deed={deed}
          act={act}
          button={before === null ? 'Add the objective' : 'Save'}
          fields={['title', ...TEXT_FIELDS.map(({ name }) => name)]}
        >
          <Field
            label="Title"
            value={fields.title}
            change={set('title')}
            problem={problemAt(deed, 'title')}
            dir="auto"
            maxLength={300}
            required
            first
          />
          <ParentField all={all} before={before} value={fields.parent} change={set('parent')} />
          <div className="grid gap-3 sm:grid-cols-2">
            {TEXT_FIELDS.map(({ name, label, about, type }) => (
              <Field
                key={name}
                label={label}
                value={fields[name]}
                change={set(name)}
                problem={problemAt(deed, name)}
                {...(about !== undefined && { about })}
                {...(type !== undefined && { type })}
              />
            ))}
          </div>
        </Form>
      </div>
    </Dialog>
  )
}

// Only what is another than before is sent: what others have changed meanwhile stays.
const changesOf = (before: Objective | null, wish: ObjectiveWish): ObjectiveWish => {
  if (before === null) return wish
  const was: Readonly<Record<string, unknown>> = before
  const isNew = ([name, value]: [string, unknown]): boolean =>
    JSON.stringify(was[name] ?? null) !== JSON.stringify(value)
  return Object.fromEntries(Object.entries(wish).filter(isNew))
}

type ParentFieldProps = Readonly<{
  all: readonly Objective[]
  before: Objective | null
  value: string
  change(id: string): void
}>

const ParentField = ({ all, before, value, change }: ParentFieldProps) => {
  const below = before === null ? new Set<string>() : withBelow(all, before.id)
  return (
    <Select
      label="Below"
      value={value}
      options={[
        { value: '', name: 'Nothing: it stands at the top' },
        ...all
          .filter(({ id }) => !below.has(id))
          .map(({ id, title }) => ({ value: id, name: `${id} ${title}` })),
      ]}
      change={change}
    />
  )
}

type MoveProps = Readonly<{ objectives: Objectives; objective: Objective; close(): void }>

/** Asks below which other objective one is to stand. */
export const MoveObjective = ({ objectives, objective, close }: MoveProps) => {
  const deed = useDeed()
  const [parent, setParent] = useState(objective.parent ?? '')
  const act = async (): Promise<void> => {
    await objectives.save(objective, { parent: parent === '' ? null : parent })
    close()
  }
  return (
    <Dialog title={`Move ${objective.id}`} close={close}>
      <div className="p-4">
        <Form deed={deed} act={act} button="Move it">
          <ParentField
            all={objectives.list ?? []}
            before={objective}
            value={parent}
            change={setParent}
          />
        </Form>
      </div>
    </Dialog>
  )
}
