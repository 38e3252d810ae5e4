import { StopBanner } from '../../agents/registry/stop-bar.tsx'
import { mayAnywhere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { isRunning } from '../../work/people-views.ts'

const HALT = { is: isRunning, wants: /^work\.agents_/ }

/** Shows that all agents are stopped, and the way to let them work again. */
export const HaltBanner = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const { data, again } = useLive(
    mayAnywhere(me, 'task:read') ? '/work/running?limit=1' : null,
    HALT,
  )
  const halt = data?.stopped ?? null
  if (halt === null) return null
  return (
    <div className="shrink-0 px-3 pt-3">
      <StopBanner halt={halt} done={again} />
    </div>
  )
}
