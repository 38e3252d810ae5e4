import type { ProjectView } from '../../../../src/work/contract.ts'
import type { Api } from '../api.ts'
import { shape } from '../api.ts'
import { PROJECTS_PATH } from '../early.ts'
import type { LiveEvent } from '../event.ts'
import type { Topics } from '../topics.ts'

type Listed = (typeof ProjectView)['_output']

/** The projects that are not archived: read whole, and again when they changed. */
export type ProjectList = Readonly<{
  /** Projects, or `null` until they are known. */
  all(): readonly Listed[] | null
  /** Resolves when they are known. */
  known: Promise<void>
  read(): Promise<void>
  touch(events: readonly LiveEvent[]): void
  stop(): void
}>

const isList = shape<{ items: readonly Listed[] }>('items')
// How many of their tasks are open moves with every task: one read once in a while tells it.
const SUMS_MS = 3000

/** Makes the list of projects of this page. */
export const projectList = ({
  api,
  topics,
}: Readonly<{ api: Api; topics: Topics }>): ProjectList => {
  let projects: readonly Listed[] | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const known = Promise.withResolvers<void>()
  const read = async (): Promise<void> => {
    const { items } = await api.read(PROJECTS_PATH, isList)
    projects = items.filter(({ archived }) => !archived)
    topics.changed('projects')
    known.resolve()
  }
  const readSoon = (): void => {
    timer = undefined
    read().catch(() => {})
  }
  return {
    all: () => projects,
    known: known.promise,
    read,
    touch(events) {
      if (events.some(({ name }) => name === 'work.project_changed')) read().catch(() => {})
      else if (events.some(({ name }) => name.startsWith('work.task_'))) {
        timer ??= setTimeout(readSoon, SUMS_MS)
      }
    },
    stop: () => clearTimeout(timer),
  }
}
