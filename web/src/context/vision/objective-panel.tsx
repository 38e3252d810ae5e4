import { X } from 'lucide-react'
import { ActButton } from '../../ui/act-button.tsx'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Section } from '../section.tsx'
import type { Objective } from '../views.ts'
import { AlignedTasks } from './aligned-tasks.tsx'
import { metricText } from './objective-tree.tsx'
import { ProgressBar } from './progress-bar.tsx'

type ObjectivePanelProps = Readonly<{
  objective: Objective
  mayWrite: boolean
  edit(): void
  move(): void
  addBelow(): void
  archive(): Promise<void>
  close(): void
}>

/** Shows one objective: what it is, how far it is, which tasks align with it. */
export const ObjectivePanel = (props: ObjectivePanelProps) => {
  const { objective, mayWrite, edit, move, addBelow, archive, close } = props
  const { id, title, progress } = objective
  return (
    <aside
      aria-label={`Objective ${id}`}
      className="flex min-h-0 w-[26rem] shrink-0 flex-col border-l border-line bg-surface
        max-lg:w-full max-lg:border-l-0"
    >
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4">
        <span className="flex-1 text-list text-text-2">{id}</span>
        <IconButton label="Close (Esc)" onClick={close} className="-mr-1.5">
          <X className="size-4" />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8">
        <h2 className="mt-4 text-title font-semibold break-words" dir="auto">
          {title}
        </h2>
        <div className="mt-2">
          <ProgressBar label="Progress" percent={progress} />
        </div>
        <Facts objective={objective} />
        {mayWrite && (
          <div className="mt-4 flex flex-wrap gap-2">
            <Button onClick={edit}>Change</Button>
            <Button onClick={addBelow}>Add below</Button>
            <Button onClick={move}>Move</Button>
            <ActButton
              look="quiet"
              act={archive}
              done={`${id} is archived.`}
              ask={{
                title: `Archive ${id}?`,
                about: 'It counts no longer, and nothing aligns with it any more. This stays so.',
                button: 'Archive it',
              }}
            >
              Archive
            </ActButton>
          </div>
        )}
        <Section title="Tasks that count for it">
          <AlignedTasks
            label={`Tasks of ${id}`}
            path={`/objectives/${id}/tasks`}
            empty="No task aligns with it yet."
          />
        </Section>
      </div>
    </aside>
  )
}

const Facts = ({ objective }: Readonly<{ objective: Objective }>) => {
  const { metric, due, owner, weight, places } = objective
  return (
    <dl
      className="mt-4 grid grid-cols-[6.5rem_1fr] items-center gap-x-3 gap-y-1.5 text-list
        [&_dt]:text-text-3"
    >
      {metric !== null && (
        <>
          <dt>Metric</dt>
          <dd>
            {metricText(objective)}
            <span className="text-text-3">, from {metric.start}</span>
          </dd>
        </>
      )}
      {due !== null && (
        <>
          <dt>Due</dt>
          <dd>
            <Moment at={due} />
          </dd>
        </>
      )}
      {owner !== null && (
        <>
          <dt>Owner</dt>
          <dd>
            <Person handle={owner} />
          </dd>
        </>
      )}
      <dt>Weight</dt>
      <dd>{weight}</dd>
      {places.length > 0 && (
        <>
          <dt>Aligned</dt>
          <dd className="flex flex-wrap gap-1">
            {places.map((at) => (
              <Badge key={at}>{at}</Badge>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}
