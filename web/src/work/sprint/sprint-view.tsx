import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import { useHall } from '../../live/use-hall.ts'
import { Badge, type Hue } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { SprintTabs } from './chart/sprint-tabs.tsx'
import { CloseDialog } from './close-dialog.tsx'
import { sayDays } from './days.ts'
import { PlanDialog } from './plan-dialog.tsx'
import { StartDialog } from './start-dialog.tsx'

const STATES: Record<Sprint['state'], Readonly<{ word: string; hue: Hue }>> = {
  planned: { word: 'Planned', hue: 'plain' },
  active: { word: 'Running', hue: 'run' },
  closed: { word: 'Closed', hue: 'ok' },
}

type SprintViewProps = Readonly<{
  project: Project
  sprint: Sprint
  sprints: readonly Sprint[]
}>

/** Shows one sprint as it stands, and what can be done with it. */
export const SprintView = ({ project, sprint, sprints }: SprintViewProps) => {
  const hall = useHall()
  const [open, setOpen] = useState<'plan' | 'start' | 'close' | null>(null)
  const close = (): void => setOpen(null)
  const mayWrite = hall.may('sprint:write', project.key)
  const { number, goal, state } = sprint
  const { word, hue } = STATES[state]
  const days = sayDays(sprint.startsOn, sprint.endsOn)
  return (
    <div className="mx-auto max-w-4xl px-4 py-4">
      <header className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="flex items-center gap-2 text-figure font-semibold">
            Sprint {number} <Badge hue={hue}>{word}</Badge>
          </h1>
          {goal !== '' && (
            <p className="break-words" dir="auto">
              {goal}
            </p>
          )}
          <p className="text-list text-text-3">{days ?? 'No days yet'}</p>
        </div>
        {mayWrite && state !== 'closed' && (
          <Button onClick={() => setOpen('plan')}>
            <Pencil className="size-4" /> Change the plan
          </Button>
        )}
        {mayWrite && state === 'planned' && (
          <Button look="filled" onClick={() => setOpen('start')}>
            Start sprint
          </Button>
        )}
        {mayWrite && state === 'active' && (
          <Button look="filled" onClick={() => setOpen('close')}>
            Close sprint
          </Button>
        )}
      </header>
      <SprintTabs {...{ project, sprint, sprints }} />
      {open === 'plan' && (
        <PlanDialog project={project} sprints={sprints} sprint={sprint} close={close} />
      )}
      {open === 'start' && <StartDialog project={project} sprint={sprint} close={close} />}
      {open === 'close' && (
        <CloseDialog project={project} sprint={sprint} sprints={sprints} close={close} />
      )}
    </div>
  )
}
