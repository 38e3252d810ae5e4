import { useEffect, useMemo, useState } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { type Api, shape } from '../../../live/api.ts'
import { useHall } from '../../../live/use-hall.ts'
import { type Graph, graphOf, neighbourKeys, NODES_MAX } from './graph.ts'

type Wholes = Readonly<{ tasks: readonly Readonly<{ task: Task }>[] }>

const isWholes = shape<Wholes>('tasks')
/** Tasks that the hub reads at once. */
const BATCH_MAX = 20

type Read = Readonly<{ of: string; tasks: readonly Task[] }>

/** Gives the picture of what a task waits for and what waits for it; `null` where there is none. */
export const useGraph = (task: Task): Graph | null => {
  const { api } = useHall()
  const [read, setRead] = useState<Read | null>(null)
  const near = neighbourKeys(task)
  const wanted = `${task.key}: ${near.join(' ')}`
  // The task is read again whenever one of its neighbours changed: then they are, too.
  useEffect(() => {
    const keys = neighbourKeys(task).slice(0, NODES_MAX)
    if (keys.length === 0) return undefined
    let isLeft = false
    readTasks(api, keys).then(
      (tasks) => !isLeft && setRead({ of: wanted, tasks }),
      // Without them the picture has one step less.
      () => {},
    )
    return () => {
      isLeft = true
    }
  }, [api, task, wanted])
  return useMemo(() => {
    if (neighbourKeys(task).length === 0) return null
    return graphOf(task, read?.of === wanted ? read.tasks : [])
  }, [task, read, wanted])
}

const readTasks = async (api: Api, keys: readonly string[]): Promise<readonly Task[]> => {
  const tasks: Task[] = []
  for (let from = 0; from < keys.length; from += BATCH_MAX) {
    const ids = keys.slice(from, from + BATCH_MAX)
    const found = await api.write('/tasks/read', { ids }, isWholes)
    tasks.push(...found.tasks.map((whole) => whole.task))
  }
  return tasks
}
