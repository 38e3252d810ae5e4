import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Read } from '../../live/use-read.ts'
import { ChartRoom, FrameBox, type Look } from '../../ui/chart/chart-frame.tsx'
import { EmptyState } from '../../ui/state/empty-state.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { TroubleLine } from '../../ui/state/trouble-line.tsx'
import type { Measure } from './measure.ts'

/** What a chart is called, and how its numbers are counted. */
export type Meaning = Readonly<{ title: string; definition: string }>

/** Why there is nothing to draw, and how that comes to change. */
export type Nothing = Readonly<{ title: string; about: string }>

/** What every chart of the page is given. */
export type PartProps<T> = Readonly<{
  read: Read<T>
  project: string
  zone: string
  measure: Measure
  look: Look
  change(look: Look): void
}>

/** What a chart is given once its numbers are there. */
export type KnownProps<T> = PartProps<T> & Readonly<{ data: T }>

type NumberPartProps<T> = PartProps<T> &
  Readonly<{
    meaning: Meaning
    nothing: Nothing
    isNothing(data: T): boolean
    known(props: KnownProps<T>): ReactNode
  }>

/** Shows a chart once its numbers are there, and in its room what there is to say until then. */
export const NumberPart = <T,>(props: NumberPartProps<T>) => {
  const { meaning, nothing, isNothing, known: Known, ...part } = props
  const { data, trouble, again } = part.read
  if (data !== null && !isNothing(data)) {
    return (
      <div className="h-full min-w-0">
        {trouble !== null && <TroubleLine said={trouble} again={again} className="mb-2" />}
        <Known {...part} data={data} />
      </div>
    )
  }
  if (data !== null) {
    return (
      <FrameBox {...meaning}>
        <ChartRoom>
          <EmptyState {...nothing} />
        </ChartRoom>
      </FrameBox>
    )
  }
  return (
    <FrameBox {...meaning}>
      <ChartRoom>
        {trouble === null ? (
          <div className="w-full">
            <Waiting what={meaning.title.toLowerCase()} again={again}>
              <Skeleton lines={6} />
            </Waiting>
          </div>
        ) : (
          <ErrorState said={trouble} again={again} />
        )}
      </ChartRoom>
    </FrameBox>
  )
}

/** Gives what opens the task behind a reading of a chart. */
export const useOpenTask = (tasks: readonly Readonly<{ key: string }>[]) => {
  const navigate = useNavigate()
  return (index: number): void => {
    const key = tasks[index]?.key
    if (key !== undefined) navigate({ to: '/t/$key', params: { key } }).catch(() => {})
  }
}
