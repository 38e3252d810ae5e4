import { useEffect, useRef } from 'react'
import { shape } from '../../live/api.ts'
import type { Sprint } from '../../live/sprints.ts'
import { type Read, useRead } from '../../live/use-read.ts'

/** Tasks and points that belong together. */
export type Amount = Readonly<{ tasks: number; points: number }>

/** What became of a task in a sprint, as its report says it. */
export type ReportTask = Readonly<{
  key: string
  title: string
  points: number | null
  place: 'completed' | 'open' | 'removed' | 'outside'
  /** It came after the start. */
  added: boolean
  why: 'moved' | 'canceled' | 'archived' | null
}>

/** The numbers of a sprint that has started, from the ledger. */
export type Report = Readonly<{
  committed: Amount
  scope: Amount
  completed: Amount
  remaining: Amount
  tasks: readonly ReportTask[]
}>

const isReport = shape<Report>('committed', 'scope', 'completed', 'remaining', 'tasks')

/** Reads the report of a sprint, and again when its numbers moved. */
export const useReport = (sprint: Sprint): Read<Report> => {
  const { project, number, version, tasks, done, points, donePoints } = sprint
  const read = useRead(`/projects/${project}/sprints/${number}/report`, isReport)
  const { again } = read
  const mark = [version, tasks, done, points, donePoints].join('/')
  const seen = useRef(mark)
  useEffect(() => {
    // The first reading is there already.
    if (seen.current === mark) return
    seen.current = mark
    again()
  }, [mark, again])
  return read
}
