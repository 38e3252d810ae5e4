import { useEffect } from 'react'
import { EnrolStep } from '../factors/enrol-step.tsx'
import { FactorStep } from '../factors/factor-step.tsx'
import { forgetKey } from '../key.ts'
import { noteSignedIn } from '../signed-in.ts'
import type { Stage } from '../views.ts'
import { EntryPage } from './entry-page.tsx'

type ArrivalProps = Readonly<{
  stage: Stage
  /** Where to go when nothing is missing any more: a path of this hub. */
  next: string
  /** Whether a second factor is offered to somebody who needs none. */
  offersFactor?: boolean
  /** Hears that the sign-in has to begin anew. */
  over(said: string): void
}>

/** Leads on from a sign-in: through what is still missing of it, to where somebody was going. */
export const Arrival = ({ stage, next, offersFactor = false, over }: ArrivalProps) => {
  const isIn = stage === null
  useEffect(() => {
    if (isIn) noteArrival()
    if (isIn && !offersFactor) window.location.replace(next)
  }, [isIn, offersFactor, next])
  const arrive = (): void => {
    noteArrival()
    window.location.replace(next)
  }
  if (stage === 'factor') return <FactorStep done={arrive} over={over} />
  if (stage === 'enrol') return <EnrolStep isNeeded done={arrive} />
  if (offersFactor) return <EnrolStep isNeeded={false} done={arrive} />
  return <EntryPage title="Signed in" about="One moment ..." />
}

// The page is loaded anew after this: nothing of the sign-in, and nobody else's copy, stays in it.
const noteArrival = (): void => {
  forgetKey()
  noteSignedIn()
}
