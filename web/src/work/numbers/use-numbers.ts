import { useCallback } from 'react'
import type { Shape } from '../../live/api.ts'
import { projectOf } from '../../live/cards.ts'
import type { LiveEvent } from '../../live/event.ts'
import { useLive } from '../../live/use-live.ts'
import type { Read } from '../../live/use-read.ts'

// Each number is folded from all that ever happened: where many work, one read tells of them all.
const GATHER_MS = 1000

// Notes and comments move no number.
const TASKS = /^work\.task_(?!noted$)/
const PROJECT = /^work\.(sprint|project)_changed$/

type Wanted<T> = Readonly<{ is: Shape<T>; project: string }>

/** Reads numbers of a project, and again when something in it moved them. */
export const useNumbers = <T>(path: string | null, { is, project }: Wanted<T>): Read<T> => {
  const wants = useCallback((event: LiveEvent) => moves(event, project), [project])
  return useLive(path, { is, wants, gatherMs: GATHER_MS })
}

const moves = ({ name, data }: LiveEvent, project: string): boolean => {
  const key = data['key']
  if (typeof key !== 'string') return false
  return TASKS.test(name) ? projectOf(key) === project : PROJECT.test(name) && key === project
}
