import { Suspense, useEffect, useState } from 'react'
import { painted } from '../../live/topics.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { lazyPart } from '../../ui/load-part.ts'

// What stands in for the rare case comes after the page.

const Banner = lazyPart(async () => (await import('./halt-banner.tsx')).HaltBanner)
const Dialog = lazyPart(async () => (await import('./stop-dialog.tsx')).StopDialog)

/** Shows on every page that all agents are stopped, as long as they are. */
export const HaltPart = () => {
  const hall = useHall()
  const isKnown = useTopic('me', hall.me) !== null
  const [isPainted, setPainted] = useState(false)
  useEffect(() => {
    if (isKnown)
      painted().then(
        () => setPainted(true),
        () => {},
      )
  }, [isKnown])
  return <Suspense fallback={null}>{isPainted && <Banner />}</Suspense>
}

/** Asks whether all agents are to be stopped. */
export const StopPart = ({ close }: Readonly<{ close(): void }>) => (
  <Suspense fallback={null}>
    <Dialog close={close} />
  </Suspense>
)
