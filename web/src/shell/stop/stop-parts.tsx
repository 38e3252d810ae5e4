import { Suspense } from 'react'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { lazyPart } from '../../ui/load-part.ts'

// What stands in for the rare case comes after the page.

const Banner = lazyPart(async () => (await import('./halt-banner.tsx')).HaltBanner)
const Dialog = lazyPart(async () => (await import('./stop-dialog.tsx')).StopDialog)

/** Tells whether the person may stop all agents. */
export const useMayStop = (): boolean => {
  const hall = useHall()
  return useTopic('me', hall.me)?.permissions.includes('task:takeover') === true
}

/** Shows on every page that all agents are stopped, as long as they are. */
export const HaltPart = () => {
  const hall = useHall()
  const isKnown = useTopic('me', hall.me) !== null
  return <Suspense fallback={null}>{isKnown && <Banner />}</Suspense>
}

/** Asks whether all agents are to be stopped. */
export const StopPart = ({ close }: Readonly<{ close(): void }>) => (
  <Suspense fallback={null}>
    <Dialog close={close} />
  </Suspense>
)
