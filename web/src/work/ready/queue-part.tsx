import type { QueueReason } from '../../../../src/work/contract.ts'
import type { Project } from '../../live/hall.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { QueueLine } from './queue-line.tsx'
import { ReasonTabs } from './reason-tabs.tsx'
import { useQueue } from './use-queue.ts'

type QueuePartProps = Readonly<{
  project: Project
  show: 'ready' | QueueReason | null
  agent: string | null
  title: string
  /** Narrows the list to one reason; without it there are no reasons to choose from. */
  narrow?: (why: QueueReason | null) => void
}>

/** Shows a part of the queue, page by page. */
export const QueuePart = ({ project, show, agent, title, narrow }: QueuePartProps) => {
  const { data, counts, trouble, again, more } = useQueue({ project: project.key, show, agent })
  const isReady = show === 'ready'
  return (
    <section aria-label={title} className="mt-6">
      <h2 className="flex items-baseline gap-2 text-title font-semibold">
        {title}
        {data && <span className="text-list font-normal text-text-3">{data.total}</span>}
      </h2>
      {narrow && show !== 'ready' && <ReasonTabs counts={counts} why={show} change={narrow} />}
      {trouble !== null && <ErrorState said={trouble} again={again} />}
      {data === null && trouble === null && (
        <div className="mt-3">
          <Waiting what="the queue" again={again}>
            <Skeleton lines={5} />
          </Waiting>
        </div>
      )}
      {data?.items.length === 0 && (
        <p className="mt-2 rounded-card border border-line bg-surface p-3 text-list text-text-2">
          {isReady
            ? 'Nothing is ready. What waits, and for what, stands below.'
            : 'Nothing waits for that.'}
        </p>
      )}
      {data !== null && data.items.length > 0 && (
        <ol
          aria-label={title}
          className="mt-2 divide-y divide-line rounded-card border border-line bg-surface"
        >
          {data.items.map((item, at) => (
            <QueueLine
              key={item.key}
              item={item}
              place={isReady ? at + 1 : null}
              agent={agent}
              again={again}
            />
          ))}
        </ol>
      )}
      {data !== null && data.next !== null && (
        <Button className="mt-2" onClick={more}>
          Show more of {data.total}
        </Button>
      )}
    </section>
  )
}
