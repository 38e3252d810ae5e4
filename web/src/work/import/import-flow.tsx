import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { keyFor } from '../project-key.ts'
import { type Preview, PreviewPanel } from './preview.tsx'
import { requestOf, type Source, SOURCE_NAMES } from './source.ts'

type ImportFlowProps = Readonly<{
  source: Source
  /** Where a folder was found, a name for the project. */
  suggested?: string
  done(project: string | null): void
  cancel(): void
}>

const isPreview = shape<Preview>('counts', 'dryRun')

/** Leads from a backlog to a project: its name, what would come of it, and then the import. */
export const ImportFlow = ({ source, suggested = '', done, cancel }: ImportFlowProps) => {
  const { api, start } = useHall()
  const [name, setName] = useState(suggested)
  const [key, setKey] = useState<string | null>(null)
  const [preview, setPreview] = useState<Preview | null>(null)
  const deed = useDeed()
  const project = key ?? keyFor(name)
  const isOurs = source.kind === 'guildhall'
  const send = (dryRun: boolean) => {
    const [path, input] = requestOf(source, { project, name, dryRun })
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
      act={preview === null ? look : bring}
      button={preview === null ? 'Look what would come' : buttonText(preview)}
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
      {preview === null && !isOurs && (
        <div className="grid gap-3 sm:grid-cols-[1fr_9rem]">
          <Field
            label="Project"
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

const buttonText = ({ created, changed = 0 }: Preview): string => {
  if (created === undefined) return 'Import'
  const more = changed > 0 ? `, change ${changed}` : ''
  return created === 1 ? `Import 1 task${more}` : `Import ${created} tasks${more}`
}
