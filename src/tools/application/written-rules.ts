import type { PolicyRules } from '../domain/policy-rules.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Json } from './hub-records.ts'

/**
 * Writes stored rules as people write them: projects by key, principals by handle. Those that are
 * gone keep their place: left out, a list of one would become a list of none, and the next save
 * would open the tool to everybody.
 */
export const writtenRules = async (
  all: readonly PolicyRules[],
  { people, projects }: Pick<HubNeeds, 'people' | 'projects'>,
): Promise<readonly Json[]> => {
  const projectIds = all.flatMap((rules) => rules.projects ?? [])
  const holderIds = all.flatMap((rules) => rules.holders ?? [])
  const [keys, handles] = await Promise.all([
    projectIds.length === 0 ? NOBODY : projects.keysOf(projectIds),
    holderIds.length === 0 ? NOBODY : people.handles(holderIds),
  ])
  return all.map(({ projects: inProjects, holders, ...rest }) => ({
    ...rest,
    ...(inProjects && { projects: namesOf(inProjects, keys) }),
    ...(holders && { holders: namesOf(holders, handles) }),
  }))
}

/** Nobody is called so: rules with it are not saved before it is taken out. */
const GONE = '(gone)'

const NOBODY: ReadonlyMap<string, string> = new Map()

const namesOf = (ids: readonly string[], names: ReadonlyMap<string, string>): readonly string[] =>
  ids.map((id) => names.get(id) ?? GONE)
