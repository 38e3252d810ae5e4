import { OctagonX, Play } from 'lucide-react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useMayStop } from '../../shell/stop/use-may-stop.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Moment } from '../../ui/moment.tsx'
import type { Halt } from '../../work/people-views.ts'

/** Shows the button that stops every agent at once; what was done is undone by resuming. */
export const StopButton = ({ done }: Readonly<{ done(): void }>) => {
  const { api } = useHall()
  const stop = async (): Promise<void> => {
    await api.write('/work/stop', {}, anything)
    done()
  }
  return (
    <ActButton act={stop} title="No agent gets work until a person lets them work again.">
      <OctagonX className="size-4 text-bad" aria-hidden="true" />
      Stop all agents
    </ActButton>
  )
}

/** Shows that all agents are stopped, and the way to let them work again. */
export const StopBanner = ({ halt, done }: Readonly<{ halt: Halt | null; done(): void }>) => {
  const { api } = useHall()
  const mayStop = useMayStop()
  if (halt === null) return null
  const resume = async (): Promise<void> => {
    await api.write('/work/resume', {}, anything)
    done()
  }
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card border border-line
        bg-wait-soft p-3 text-list text-wait"
    >
      <OctagonX className="size-4 shrink-0" aria-hidden="true" />
      <p className="min-w-0 flex-1 basis-60">
        All agents are stopped{halt.by !== null && `, by @${halt.by}`} <Moment at={halt.at} />. They
        get no work, and each is asked to stop with its next update.
      </p>
      {mayStop && (
        <ActButton act={resume} done="Agents may work again.">
          <Play className="size-4" aria-hidden="true" />
          Let them work again
        </ActButton>
      )}
    </div>
  )
}
