import { Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { saveFile } from '../../ui/download.ts'
import { type Deed, useDeed } from '../../ui/form/deed.ts'
import { projectOptions } from '../../ui/form/project-checks.tsx'
import { Select } from '../../ui/form/select.tsx'
import { Switch } from '../../ui/form/switch.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { sizeOf, type Taken, takeLines } from './take-lines.ts'

const BYTES_MAX = 1_000_000_000
const EVERYTHING = ''

/** Saves a project, or everything, as a file that an import reads back. */
export const ExportPanel = () => {
  const projects = useProjects() ?? []
  const { taken, saved, deed, start, cancel } = useExport()
  const [project, setProject] = useState(EVERYTHING)
  const [mask, setMask] = useState(false)
  return (
    <Panel
      title="Export"
      anchor="export"
      about="One file of JSON lines: tasks, comments, attempts, history, contexts. No secrets."
    >
      <PanelBody>
        <div className="grid max-w-xl gap-4">
          <Select
            label="What"
            value={project}
            change={setProject}
            disabled={deed.isBusy}
            options={[
              { value: EVERYTHING, name: 'Everything: all projects of the organisation' },
              ...projectOptions(projects),
            ]}
          />
          <Switch
            label="Mask personal data in texts"
            about="Addresses, numbers and the like are blanked out. Names of people are not found."
            isOn={mask}
            change={setMask}
            disabled={deed.isBusy}
          />
          <div className="flex flex-wrap items-center gap-2">
            <Button
              look="filled"
              disabled={deed.isBusy}
              onClick={() => start({ project: project === EVERYTHING ? null : project, mask })}
            >
              <Download className="size-4" aria-hidden="true" />
              Export
            </Button>
            {deed.isBusy && <Button onClick={cancel}>Cancel</Button>}
            <Standing taken={taken} saved={saved} deed={deed} />
          </div>
        </div>
      </PanelBody>
    </Panel>
  )
}

type StandingProps = Readonly<{ taken: Taken | null; saved: string | null; deed: Deed }>

const Standing = ({ taken, saved, deed }: StandingProps) => {
  if (deed.trouble !== null) {
    return (
      <p role="alert" className="text-list text-bad">
        {deed.trouble.said}
      </p>
    )
  }
  const much = taken && `${taken.lines.toLocaleString()} lines, ${sizeOf(taken.bytes)}`
  return (
    <p role="status" className="text-list text-text-2 tabular-nums">
      {deed.isBusy && (much ?? 'Asking the hub …')}
      {saved !== null && `Saved ${saved}: ${much}.`}
    </p>
  )
}

type Wish = Readonly<{ project: string | null; mask: boolean }>

const useExport = () => {
  const { api } = useHall()
  const deed = useDeed()
  const [taken, setTaken] = useState<Taken | null>(null)
  const [saved, setSaved] = useState<string | null>(null)
  const abort = useRef<AbortController>(null)
  // Whoever leaves the page does not want the file any more.
  useEffect(() => () => abort.current?.abort(), [])
  const start = ({ project, mask }: Wish): void => {
    const own = new AbortController()
    abort.current = own
    setTaken(null)
    setSaved(null)
    deed.run(async () => {
      const { signal } = own
      const query = new URLSearchParams({ ...(project && { project }), mask: String(mask) })
      try {
        const answer = await api.open(`/export?${query.toString()}`, {}, signal)
        const file = await takeLines(answer, { signal, bytesMax: BYTES_MAX, taken: setTaken })
        const name = fileName(project, new Date())
        saveFile(name, file)
        setSaved(name)
      } catch (thrown) {
        // What a person gave up has not failed.
        if (!signal.aborted) throw thrown
        setTaken(null)
      }
    })
  }
  return { taken, saved, deed, start, cancel: () => abort.current?.abort() }
}

const fileName = (project: string | null, now: Date): string =>
  `guildhall-${project ?? 'all'}-${now.toISOString().slice(0, 10)}.jsonl`
