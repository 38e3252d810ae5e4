import { useEffect, useRef } from 'react'
import { shape } from '../../live/api.ts'
import type { Sprint } from '../../live/sprints.ts'
import { useRead } from '../../live/use-read.ts'
import type { Amount } from '../numbers/measure.ts'

const isVelocity = shape<Readonly<{ forecast: Amount | null }>>('forecast')

/** Gives how many points a sprint of a project may finish, by the last ones that closed. */
export const useForecast = (project: string, sprints: readonly Sprint[]): number | null => {
  const { data, again } = useRead(`/projects/${project}/velocity?limit=3`, isVelocity)
  const closed = sprints.filter(({ state }) => state === 'closed').length
  const seen = useRef(closed)
  useEffect(() => {
    // The first reading is there already.
    if (seen.current === closed) return
    seen.current = closed
    again()
  }, [closed, again])
  return data?.forecast?.points ?? null
}
