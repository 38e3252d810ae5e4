import { Skeleton, Waiting } from './skeleton.tsx'
import { TroubleLine } from './trouble-line.tsx'

type ComingProps = Readonly<{
  /** What is waited for: `the event`. */
  what: string
  trouble: string | null
  again(): void
  lines?: number
}>

/** Stands for something until it has been read: its shape, or why it could not be. */
export const Coming = ({ what, trouble, again, lines = 4 }: ComingProps) => {
  if (trouble !== null) return <TroubleLine said={trouble} again={again} />
  return (
    <Waiting what={what} again={again}>
      <Skeleton lines={lines} />
    </Waiting>
  )
}
