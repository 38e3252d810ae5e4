import { Hand, OctagonPause, Undo2, Unlink } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { projectOf } from '../../../live/cards.ts'
import type { Run } from '../../../live/details.ts'
import { useHall, useTopic } from '../../../live/use-hall.ts'
import { Person } from '../../../ui/avatar.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Moment } from '../../../ui/moment.tsx'
import { Menu } from '../../../ui/over/menu.tsx'
import { Tooltip } from '../../../ui/over/tooltip.tsx'
import { RichText } from '../../../ui/rich-text.tsx'
import type { Asked } from '../asked.ts'
import { moreButton } from '../more-button.tsx'
import type { Acts } from './use-acts.ts'

type LiveRunProps = Readonly<{
  task: Task
  run: Run | null
  acts: Acts
  ask(what: Asked): void
}>

// A lease that is renewed leaves no event: the time that is left is asked for now and then.
const LOOK_MS = 20_000

/** Shows who works on a task and how that goes, and takes it out of their hands. */
export const LiveRun = ({ task, run, acts, ask }: LiveRunProps) => {
  const hall = useHall()
  const { details } = hall
  const me = useTopic('me', hall.me)
  const { key, holder } = task
  useEffect(() => {
    if (holder === null) return undefined
    const timer = setInterval(() => {
      if (!document.hidden) details.confirm(key).catch(() => {})
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [details, key, holder])
  if (holder === null) return null
  return (
    <section
      aria-label="Work on it now"
      className="mt-4 rounded-card border border-line bg-run-soft px-3 py-2.5 text-list"
      data-run={key}
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="min-w-0 font-medium">
          <Person handle={holder} />
        </span>
        <span className="text-text-2">
          works on it
          {run !== null && (
            <>
              {' '}
              since <Moment at={run.since} />
            </>
          )}
        </span>
        {run?.stop === true && (
          <Badge hue="wait" title="Told with the next reply.">
            asked to stop
          </Badge>
        )}
        <span className="ml-auto text-text-2 tabular-nums">{task.progress} %</span>
      </div>
      <div
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={task.progress}
        className="mt-2 h-1 overflow-hidden rounded-full bg-line"
      >
        <div className="h-full rounded-full bg-run" style={{ width: `${task.progress}%` }} />
      </div>
      {/* What somebody said themselves stands among the comments; it is no news to them. */}
      {run !== null && run.note !== null && holder !== me?.handle && (
        <div className="mt-2 line-clamp-3">
          <RichText text={run.note} />
        </div>
      )}
      <p className="mt-1 text-meta text-text-2">
        {task.leaseExpires === null ? (
          'Held without an end.'
        ) : (
          <>
            Lease: <TimeLeft until={task.leaseExpires} />. Without a sign of life the task goes back
            to the queue then.
          </>
        )}
      </p>
      <RunActs {...{ task, acts, ask }} />
    </section>
  )
}

type RunActsProps = Readonly<Pick<LiveRunProps, 'task' | 'acts' | 'ask'>>

const RunActs = ({ task, acts, ask }: RunActsProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const { holder } = task
  if (holder === me?.handle) {
    return (
      <div className="mt-2">
        <Tooltip text="Hand back" keys="T">
          <Button disabled={acts.isBusy} onClick={() => ask({ kind: 'hand back' })}>
            <Undo2 className="size-4" /> Hand back
          </Button>
        </Tooltip>
      </div>
    )
  }
  if (!hall.may('task:takeover', projectOf(task.key))) return null
  return (
    <>
      <div className="mt-2 flex items-center gap-2">
        <Tooltip text="Take over at once" keys="T">
          <Button disabled={acts.isBusy} onClick={acts.takeOver}>
            <Hand className="size-4" /> Take over
          </Button>
        </Tooltip>
        <Menu
          label="More about this work"
          items={[
            {
              ...{ label: 'Ask to stop', icon: <OctagonPause className="size-4" /> },
              about: 'Told with the next reply; keeps the task until then.',
              run: () => ask({ kind: 'stop' }),
            },
            {
              ...{ label: 'Release', icon: <Unlink className="size-4" />, isBad: true },
              about: 'Takes it away and back to the queue.',
              run: () => ask({ kind: 'release' }),
            },
          ]}
          button={moreButton('More about this work')}
        />
      </div>
      <p className="mt-1.5 text-meta text-text-2">
        Taking over ends @{holder}’s lease at once: their next call is refused, and the attempt is
        kept below.
      </p>
    </>
  )
}

const TICK_MS = 1000

const TimeLeft = ({ until }: Readonly<{ until: string }>) => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.round((Date.parse(until) - now) / 1000))
  const minutes = Math.floor(seconds / 60)
  const said = minutes > 0 ? `${minutes} min left` : seconds > 0 ? `${seconds} s left` : 'runs out'
  return <time dateTime={until}>{said}</time>
}
