import type { LiveEvent } from '../../kernel/hall.ts'
import { mistake } from '../http/problem.ts'

const PROJECT = /^([A-Z][A-Z0-9]{1,9}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Tells whether a reader wants an event. */
export type Wanted = (event: LiveEvent) => boolean

/**
 * Makes the filter for one project, by key or id: it leaves out what names another project.
 * An event that names none stays, because a reader can drop it and cannot miss it.
 */
export const projectFilter = (project: string | null): Wanted => {
  if (project === null) return () => true
  if (!PROJECT.test(project)) {
    throw mistake('platform.project_not_valid', 'Name the project by its key, such as GH.')
  }
  const isKey = !project.includes('-')
  return ({ data }) => {
    const named = isKey ? keyOf(data) : data['projectId']
    return typeof named !== 'string' || named === project
  }
}

const keyOf = (data: LiveEvent['data']): unknown => {
  const { project, projectKey, key } = data
  if (typeof project === 'string') return project
  if (typeof projectKey === 'string') return projectKey
  return typeof key === 'string' ? /^([A-Z][A-Z0-9]{1,9})(-|$)/.exec(key)?.[1] : undefined
}
