import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { ImportFlow } from '../import/import-flow.tsx'
import { PickFiles } from '../import/pick-files.tsx'
import type { Source } from '../import/source.ts'

type Done = Readonly<{ kind: Source['kind']; project: string | null }>

/** Brings a backlog into a new or an existing project: looked at first, then done. */
export const ImportPanel = () => {
  const projects = useProjects() ?? []
  const [source, setSource] = useState<Source | null>(null)
  const [done, setDone] = useState<Done | null>(null)
  const again = (): void => {
    setSource(null)
    setDone(null)
  }
  return (
    <Panel
      title="Import"
      anchor="import"
      about="A backlog of beads or Backlog.md, or an export of Guildhall. All of it or nothing."
    >
      <PanelBody>
        <div className="max-w-xl">
          {done !== null && <Imported {...done} again={again} />}
          {done === null && source === null && <PickFiles picked={setSource} />}
          {done === null && source !== null && (
            <ImportFlow
              source={source}
              existing={projects}
              done={(project) => setDone({ kind: source.kind, project })}
              cancel={again}
            />
          )}
        </div>
      </PanelBody>
    </Panel>
  )
}

type Undone = Readonly<{ removed: number; keptCount: number }>

const isUndone = shape<Undone>('removed', 'keptCount')

const Imported = ({ kind, project, again }: Done & Readonly<{ again(): void }>) => {
  const { api, notices } = useHall()
  const undo = async (): Promise<void> => {
    const path = `/import/${kind}?project=${project ?? ''}`
    const { removed, keptCount } = await api.change(['DELETE', path], null, isUndone)
    const kept = keptCount === 0 ? '' : ` ${keptCount} stay: somebody worked on them since.`
    notices.show('ok', `${removed} tasks are taken away again.${kept}`)
    again()
  }
  return (
    <div className="grid gap-3">
      <p role="status">
        It is here.{' '}
        {project !== null && (
          <Link
            to="/p/$project/board"
            params={{ project }}
            className="text-accent underline underline-offset-2"
          >
            Go to the board of {project}
          </Link>
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={again}>Import something else</Button>
        {project !== null && kind !== 'guildhall' && (
          <ActButton
            look="quiet"
            act={undo}
            ask={{
              title: 'Take the import back?',
              about: `What it brought into ${project} goes, but for what was touched since.`,
              button: 'Take it back',
            }}
          >
            Take it back
          </ActButton>
        )}
      </div>
    </div>
  )
}
