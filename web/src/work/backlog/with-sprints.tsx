import { type ReactNode, useEffect } from 'react'
import type { Project } from '../../live/hall.ts'
import { type Sprint, sprintsTopic } from '../../live/sprints.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'

type WithSprintsProps = Readonly<{
  project: Project
  /** What is waited for: `the backlog`. */
  what: string
  /** Takes the sprints, newest first. */
  children(sprints: readonly Sprint[]): ReactNode
}>

/** Shows a part of a project once its sprints are known, and keeps them fresh. */
export const WithSprints = ({ project: { key }, what, children }: WithSprintsProps) => {
  const { sprints } = useHall()
  useEffect(() => sprints.watch(key), [sprints, key])
  const list = useTopic(sprintsTopic(key), () => sprints.of(key))
  const trouble = useTopic(sprintsTopic(key), () => sprints.trouble(key))
  if (list !== null) return children(list)
  const again = (): void => {
    sprints.read(key).catch(() => {})
  }
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
  return (
    <div className="min-w-0 flex-1 p-6">
      <Waiting what={what} again={again}>
        <Skeleton lines={12} />
      </Waiting>
    </div>
  )
}
