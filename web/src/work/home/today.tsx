import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useLive } from '../../live/use-live.ts'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { WORK_EVENTS } from '../people-views.ts'

type Day = Readonly<{ created: number; started: number; done: number; failed: number }>

const WANTED = { is: shape<Day>('created', 'started', 'done', 'failed'), wants: WORK_EVENTS }

const FIGURES: readonly Readonly<{ field: keyof Day; name: string; about: string }>[] = [
  { field: 'done', name: 'Done', about: 'Tasks that were completed' },
  { field: 'started', name: 'Started', about: 'Tasks on which work began for the first time' },
  { field: 'created', name: 'Created', about: 'New tasks' },
  { field: 'failed', name: 'Failed', about: 'Attempts that failed, or whose lease ran out' },
]

const midnight = (): string => {
  const now = new Date()
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString()
}

/** Shows what was done since midnight, here where the person is. */
export const Today = () => {
  const [since] = useState(midnight)
  const { data, trouble, again } = useLive(`/work/today?since=${encodeURIComponent(since)}`, WANTED)
  return (
    <Panel title="Today" {...(trouble !== null && { read: { data, trouble, again } })}>
      <PanelBody>
        <dl className="grid grid-cols-4 gap-3 max-sm:grid-cols-2" aria-busy={data === null}>
          {FIGURES.map(({ field, name, about }) => (
            <div key={field} title={about}>
              <dt className="text-meta text-text-3">{name}</dt>
              <dd className="text-figure font-semibold tabular-nums" data-today={field}>
                {data === null ? '–' : data[field].toLocaleString()}
              </dd>
            </div>
          ))}
        </dl>
      </PanelBody>
    </Panel>
  )
}
