import { type SubmitEvent, useState } from 'react'
import { useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/form/field.tsx'
import { projectOptions } from '../../ui/form/project-checks.tsx'
import { Select } from '../../ui/form/select.tsx'
import type { LedgerSearch } from './views.ts'

type LedgerFilterProps = Readonly<{
  search: LedgerSearch
  change(search: LedgerSearch): void
}>

/** Shows what the list is narrowed down to; Enter in any field applies it. */
export const LedgerFilter = ({ search, change }: LedgerFilterProps) => {
  const projects = useProjects() ?? []
  const mark = JSON.stringify(search)
  const [seen, setSeen] = useState(mark)
  const [draft, setDraft] = useState(search)
  // The address leads: whoever goes back sees the filter of then.
  if (seen !== mark) {
    setSeen(mark)
    setDraft(search)
  }
  const set = (field: keyof LedgerSearch) => (value: string) =>
    setDraft((now) => ({ ...now, [field]: value }))
  const apply = (next: LedgerSearch): void => change(filled(next))
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    apply(draft)
  }
  const text = (field: 'object' | 'actor' | 'event' | 'since' | 'until') => ({
    value: draft[field] ?? '',
    change: set(field),
  })
  return (
    <search>
      <form
        onSubmit={submit}
        className="grid grid-cols-2 items-end gap-3 sm:grid-cols-3 lg:grid-cols-6"
      >
        <Field label="Object" placeholder="GH-12, @dev-1" maxLength={41} {...text('object')} />
        <Field label="Who" placeholder="ana" maxLength={40} {...text('actor')} />
        <Field label="Event" placeholder="work.*" maxLength={100} {...text('event')} />
        <Select
          label="Project"
          value={draft.project ?? ''}
          change={(project) => {
            const { project: _, ...rest } = draft
            apply({ ...rest, ...(project !== '' && { project }) })
          }}
          options={[{ value: '', name: 'All' }, ...projectOptions(projects)]}
        />
        <Field label="From" type="date" {...text('since')} />
        <Field label="To" type="date" {...text('until')} />
        <div className="col-span-full flex gap-2">
          <Button type="submit">Find</Button>
          {Object.keys(search).length > 0 && (
            <Button look="quiet" onClick={() => apply({})}>
              Clear
            </Button>
          )}
        </div>
      </form>
    </search>
  )
}

const WORDS = ['object', 'actor', 'event', 'project', 'since', 'until'] as const

const filled = (draft: LedgerSearch): LedgerSearch => {
  const found: LedgerSearch = {}
  for (const name of WORDS) {
    const text = draft[name]?.trim() ?? ''
    if (text !== '') found[name] = text
  }
  return found
}
