import { useState } from 'react'
import { shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { projectOptions } from '../../ui/form/project-checks.tsx'
import { Select } from '../../ui/form/select.tsx'
import { keyFor } from '../project-key.ts'
import { type Preview, PreviewPanel } from './preview.tsx'
import { requestOf, type Source, SOURCE_NAMES } from './source.ts'

type ImportFlowProps = Readonly<{
  source: Source
  /** Where a folder was found, a name for the project. */
  suggested?: string
  /** Projects that it may be brought into, besides a new one. */
  existing?: readonly Project[]
  done(project: string | null): void
  cancel(): void
}>

const isPreview = shape<Preview>('counts', 'dryRun')

/** Leads from a backlog to a project: its name, what would come of it, and then the import. */
export const ImportFlow = (props: ImportFlowProps) => {
  const { source, suggested = '', existing = [], done, cancel } = props
  const { api, start } = useHall()
  const [name, setName] = useState(suggested)
  const [key, setKey] = useState<string | null>(null)
  const [into, setInto] = useState(NEW)
  const [preview, setPreview] = useState<Preview | null>(null)
  const deed = useDeed()
  const project = into === NEW ? (key ?? keyFor(name)) : into
  const isOurs = source.kind === 'guildhall'
  const send = (dryRun: boolean) => {
    const named = into === NEW ? name : ''
    const [path, input] = requestOf(source, { project, name: named, dryRun })
    return api.write(path, input, isPreview)
  }
  const look = async (): Promise<void> => setPreview(await send(true))
  const bring = async (): Promise<void> => {
    const { project: made, projects } = await send(false)
    await start()
    done(made ?? projects?.[0] ?? null)
  }
  return (
    <Form
      deed={deed}
      act={preview === null ? look : isNothingNew(preview) ? async () => cancel() : bring}
      button={preview === null ? 'Preview the import' : buttonText(preview, deed.isBusy)}
      fields={['project', 'name']}
      aside={
        <Button type="button" onClick={preview === null ? cancel : () => setPreview(null)}>
          {preview === null ? 'Choose another' : 'Back'}
        </Button>
      }
    >
      <p className="text-list text-text-2">
        {SOURCE_NAMES[source.kind]}: <span dir="auto">{source.name}</span>
      </p>
      {preview === null && !isOurs && existing.length > 0 && (
        <Select
          label="Into"
          value={into}
          change={setInto}
          options={[{ value: NEW, name: 'A new project' }, ...projectOptions(existing)]}
        />
      )}
      {preview === null && !isOurs && into === NEW && (
        <div className="grid gap-3 sm:grid-cols-[1fr_9rem]">
          <Field
            label="Project name"
            value={name}
            change={setName}
            required
            maxLength={100}
            problem={problemAt(deed, 'name')}
            first
          />
          <Field
            label="Key"
            about="As in GH-12"
            value={project}
            change={(text) => setKey(text.toUpperCase())}
            required
            maxLength={10}
            pattern="[A-Z][A-Z0-9]+"
            problem={problemAt(deed, 'project')}
          />
        </div>
      )}
      {preview !== null && <PreviewPanel preview={preview} />}
    </Form>
  )
}

const NEW = ''

/** An export of ours whose projects are all here already changes nothing. */
const isNothingNew = ({ projects }: Preview): boolean => projects?.length === 0

const buttonText = (preview: Preview, isBusy: boolean): string => {
  const { created, changed = 0 } = preview
  if (isNothingNew(preview)) return 'Choose another'
  if (isBusy) return 'Importing …'
  if (created === undefined) return 'Import'
  const more = changed > 0 ? `, change ${changed.toLocaleString()}` : ''
  return `Import ${created.toLocaleString()} ${created === 1 ? 'task' : 'tasks'}${more}`
}
