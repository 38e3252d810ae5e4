import type { Api } from './api.ts'
import { shape } from './api.ts'
import { projectOf } from './cards.ts'
import type { LiveEvent } from './event.ts'
import { whyOf } from './own/why-of.ts'
import type { Topics } from './topics.ts'

/** A sprint as lists show it, with the sums of its tasks. */
export type Sprint = Readonly<{
  project: string
  number: number
  goal: string
  state: 'planned' | 'active' | 'closed'
  startsOn: string | null
  endsOn: string | null
  startedAt: string | null
  closedAt: string | null
  tasks: number
  done: number
  points: number
  donePoints: number
  version: number
}>

/** The sprints of the projects that somebody looks at: read whole, and again when they changed. */
export type Sprints = Readonly<{
  /** Sprints of a project, newest first; `null` until they are known. */
  of(project: string): readonly Sprint[] | null
  trouble(project: string): string | null
  /** Reads a project's sprints and keeps them fresh until the given stop is called. */
  watch(project: string): () => void
  /** Reads them at once: what was just done to them is in it. */
  read(project: string): Promise<void>
  touch(events: readonly LiveEvent[]): void
  refresh(): void
  stop(): void
}>

/** Names what those listen to who show the sprints of a project. */
export const sprintsTopic = (project: string): string => `sprints ${project}`

type Known = Readonly<{ list: readonly Sprint[] | null; trouble: string | null }>

const isSprints = shape<Readonly<{ items: readonly Sprint[] }>>('items')
const NOTHING: Known = { list: null, trouble: null }
const GATHER_MS = 150
// The sums move with every task: where many work, one read tells of them all.
const SUMS_MS = 1000

/** Makes the sprints of this page. */
export const liveSprints = ({ api, topics }: Readonly<{ api: Api; topics: Topics }>): Sprints => {
  const known = new Map<string, Known>()
  const watchers = new Map<string, number>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const reads = new Map<string, number>()

  const set = (project: string, next: Known): void => {
    known.set(project, next)
    topics.changed(sprintsTopic(project))
  }
  const read = async (project: string): Promise<void> => {
    const own = (reads.get(project) ?? 0) + 1
    reads.set(project, own)
    try {
      const { items } = await api.read(`/projects/${project}/sprints`, isSprints)
      // An answer that was overtaken by a later question says how it was, not how it is.
      if (own === reads.get(project)) set(project, { list: items, trouble: null })
    } catch (thrown) {
      if (own !== reads.get(project)) return
      const trouble = whyOf(thrown)
      set(project, { list: known.get(project)?.list ?? null, trouble })
    }
  }
  const soon = (project: string, ms: number): void => {
    if (timers.has(project) || !watchers.has(project)) return
    const timer = setTimeout(() => {
      timers.delete(project)
      read(project).catch(() => {})
    }, ms)
    timers.set(project, timer)
  }
  return {
    of: (project) => (known.get(project) ?? NOTHING).list,
    trouble: (project) => (known.get(project) ?? NOTHING).trouble,
    watch(project) {
      watchers.set(project, (watchers.get(project) ?? 0) + 1)
      read(project).catch(() => {})
      return () => {
        const left = (watchers.get(project) ?? 1) - 1
        if (left > 0) watchers.set(project, left)
        else watchers.delete(project)
      }
    },
    read,
    touch(events) {
      for (const { name, data } of events) {
        const key = data['key']
        if (typeof key !== 'string') continue
        if (name === 'work.sprint_changed') soon(key, GATHER_MS)
        else if (name.startsWith('work.task_')) soon(projectOf(key), SUMS_MS)
      }
    },
    refresh() {
      for (const project of watchers.keys()) soon(project, 0)
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
