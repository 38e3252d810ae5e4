// This is read before the page of a sprint is: it brings nothing else along.

/** The views of a sprint. */
export const SPRINT_TABS = ['tasks', 'burndown', 'burnup', 'report'] as const

/** A view of a sprint. */
export type SprintTab = (typeof SPRINT_TABS)[number]

/** What of the page stands in its address. */
export type SprintSearch = { tab?: SprintTab; by?: 'points' | 'tasks'; as?: 'table' }

/** Reads the address; what makes no sense is left out. */
export const sprintSearch = (given: Readonly<Record<string, unknown>>): SprintSearch => {
  const tab = SPRINT_TABS.find((one) => one === given['tab'])
  const by = given['by']
  return {
    ...(tab !== undefined && { tab }),
    ...((by === 'points' || by === 'tasks') && { by }),
    ...(given['as'] === 'table' && { as: 'table' }),
  }
}
