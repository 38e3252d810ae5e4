import type { ReactNode } from 'react'
import type { Read } from '../../live/use-read.ts'
import { ChartRoom, FrameBox } from '../../ui/chart/chart-frame.tsx'
import { EmptyState } from '../../ui/state/empty-state.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { TroubleLine } from '../../ui/state/trouble-line.tsx'

/** What a chart is called, and how its numbers are counted. */
export type Meaning = Readonly<{ title: string; definition: string }>

/** Why there is nothing to draw, and how that comes to change. */
export type Nothing = Readonly<{ title: string; about: string }>

type NumberPartProps<T> = Readonly<{
  meaning: Meaning
  read: Read<T>
  /** Says why there is nothing to draw; `null` where there is something. */
  nothing(data: T): Nothing | null
  children(data: T): ReactNode
}>

/** Shows a chart once its numbers are there, and in its room what there is to say until then. */
export const NumberPart = <T,>({ meaning, read, nothing, children }: NumberPartProps<T>) => {
  const { data, trouble, again } = read
  if (data !== null) {
    const none = nothing(data)
    if (none === null) {
      return (
        <div className="h-full min-w-0">
          {trouble !== null && <TroubleLine said={trouble} again={again} className="mb-2" />}
          {children(data)}
        </div>
      )
    }
    return (
      <FrameBox {...meaning}>
        <ChartRoom>
          <EmptyState {...none} />
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
