import { Link } from '@tanstack/react-router'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import type { Read } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelBody, PanelEmpty, PanelList } from '../../ui/panel.tsx'
import { OUTCOMES, type Running, type RunningList, WORKING } from '../../work/people-views.ts'
import { RunningLine } from '../../work/running-line.tsx'
import { countsOf, successOf, type Tried, type WorkerRecord } from './views.ts'

type DoingPanelProps = Readonly<{ read: Read<RunningList>; changed(): void }>

/** Shows what an agent works on now, and the way to stop it. */
export const DoingPanel = ({ read, read: { data }, changed }: DoingPanelProps) => (
  <Panel title="Doing now" read={read}>
    {data?.items.length === 0 && <PanelEmpty>Idle: it holds no task.</PanelEmpty>}
    {data !== null && data.items.length > 0 && (
      <PanelList label="Doing now">
        {data.items.map((item) => (
          <RunningLine
            key={item.key}
            item={item}
            isAboutOne
            action={<StopOne item={item} changed={changed} />}
          />
        ))}
      </PanelList>
    )}
  </Panel>
)

const StopOne = ({ item, changed }: Readonly<{ item: Running; changed(): void }>) => {
  const hall = useHall()
  const project = item.key.slice(0, item.key.lastIndexOf('-'))
  if (item.stop || !item.claimed || !hall.may('task:takeover', project)) return null
  const stop = async (): Promise<void> => {
    await hall.api.write(`/tasks/${item.key}/stop`, {}, anything)
    changed()
  }
  return (
    <ActButton act={stop} aria-label={`Stop ${item.key}`}>
      Stop
    </ActButton>
  )
}

/** Shows the ready tasks that are meant for an agent alone. */
export const QueuePanel = ({ record }: Readonly<{ record: WorkerRecord | null }>) => {
  if (record === null || record.queue.length === 0) return null
  const more = record.queued - record.queue.length
  return (
    <Panel title="Waits for it" about="Ready, and meant for nobody else.">
      <PanelList label="Waits for it">
        {record.queue.map(({ key, title, column }) => (
          <li key={key} className="flex min-h-9 items-center gap-2.5 px-4 py-1.5 hover:bg-hover">
            <TaskLink name={key} title={title} />
            <span className="shrink-0 text-meta text-text-3">{column}</span>
          </li>
        ))}
      </PanelList>
      {more > 0 && <PanelEmpty>{`And ${more} more.`}</PanelEmpty>}
    </Panel>
  )
}

type RecordPanelProps = Readonly<{ read: Read<WorkerRecord> }>

/** Shows how an agent's attempts went: in numbers, and the last ten. */
export const RecordPanel = ({ read }: RecordPanelProps) => {
  const record = read.data
  const outcomes = record?.outcomes ?? []
  return (
    <Panel
      title="Attempts"
      {...(record !== null && {
        about: `In ${record.days} days: ${successOf(countsOf(outcomes))}`,
      })}
      read={read}
    >
      {outcomes.length > 0 && (
        <PanelBody>
          <ul aria-label="How they ended" className="flex flex-wrap gap-1.5">
            {outcomes.map(({ outcome, count }) => (
              <li key={outcome}>
                <OutcomeBadge outcome={outcome} count={count} />
              </li>
            ))}
          </ul>
        </PanelBody>
      )}
      {record?.recent.length === 0 && (
        <PanelEmpty>It has not tried anything yet. Ready tasks are handed out by rank.</PanelEmpty>
      )}
      {record !== null && record.recent.length > 0 && (
        <PanelList label="Last attempts">
          {record.recent.map((tried) => (
            <TriedLine key={`${tried.key} ${tried.number}`} tried={tried} />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}

const lookOf = (outcome: string | null) => {
  if (outcome === null) return WORKING
  const known = Object.entries(OUTCOMES).find(([name]) => name === outcome)
  return known?.[1] ?? { word: outcome, hue: 'plain' as const }
}

type OutcomeBadgeProps = Readonly<{ outcome: string | null; count?: number }>

const OutcomeBadge = ({ outcome, count }: OutcomeBadgeProps) => {
  const { word, hue } = lookOf(outcome)
  return <Badge hue={hue}>{count === undefined ? word : `${count} ${word}`}</Badge>
}

const TriedLine = ({ tried }: Readonly<{ tried: Tried }>) => (
  <li className="px-4 py-2 hover:bg-hover">
    <div className="flex items-center gap-2.5">
      <TaskLink name={tried.key} title={tried.title} />
      <OutcomeBadge outcome={tried.outcome} />
      <span className="shrink-0 text-meta text-text-3">
        <Moment at={tried.endedAt ?? tried.startedAt} />
      </span>
    </div>
    {tried.summary !== null && tried.summary !== '' && (
      <p className="mt-0.5 line-clamp-2 text-list break-words text-text-2" dir="auto">
        {tried.summary}
      </p>
    )}
  </li>
)

const TaskLink = ({ name, title }: Readonly<{ name: string; title: string }>) => (
  <Link
    to="/t/$key"
    params={{ key: name }}
    data-line={name}
    className="flex min-w-0 flex-1 items-baseline gap-2 rounded-control"
  >
    <span className="shrink-0 text-meta text-text-3">{name}</span>
    <span className="truncate" dir="auto">
      {title}
    </span>
  </Link>
)
