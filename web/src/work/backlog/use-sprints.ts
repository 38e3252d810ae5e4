import { useEffect } from 'react'
import { type Sprint, sprintsTopic } from '../../live/sprints.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'

/** Gives the sprints of a project, newest first, and keeps them fresh; `null` until known. */
export const useSprints = (project: string): readonly Sprint[] | null => {
  const { sprints } = useHall()
  useEffect(() => sprints.watch(project), [sprints, project])
  return useTopic(sprintsTopic(project), () => sprints.of(project))
}
