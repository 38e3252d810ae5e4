import { useMemo, useSyncExternalStore } from 'react'
import { boardTopic } from '../../../live/cards.ts'
import type { Hall, Project } from '../../../live/hall.ts'
import type { Sprint } from '../../../live/sprints.ts'
import { useHall } from '../../../live/use-hall.ts'
import { readFilter } from '../../board/filter/accept.ts'
import { type Group, groupsOf } from './groups.ts'

type Wish = Readonly<{ project: Project; sprints: readonly Sprint[]; q: string }>

/** Gives the groups of a backlog, as they are now. */
export const useGroups = ({ project, sprints, q }: Wish): readonly Group[] => {
  const hall = useHall()
  const live = useMemo(() => liveGroups(hall, { project, sprints, q }), [hall, project, sprints, q])
  return useSyncExternalStore(live.subscribe, live.get)
}

// Thousands of cards are sorted once per flush that touched one of them, not once per rendering.
const liveGroups = ({ topics, store, me }: Hall, { project, sprints, q }: Wish) => {
  const filter = readFilter(q)
  const handle = me()?.handle ?? null
  let known: readonly Group[] | null = null
  const compute = (): readonly Group[] => {
    const columns = project.columns.filter(({ category }) => !CLOSED.has(category))
    const cards = columns
      .flatMap(({ name }) => store.cards.column(project.key, name))
      .flatMap((id) => store.cards.get(id) ?? [])
    return groupsOf({
      cards,
      sprints,
      hasTriage: project.columns.some(({ category }) => category === 'triage'),
      isShown: (card) => filter.isEmpty || filter.accepts(card, handle),
    })
  }
  return {
    get: () => {
      known ??= compute()
      return known
    },
    subscribe(listener: () => void) {
      // Between the first look and this, anything may have changed.
      known = null
      return topics.subscribe(boardTopic(project.key), () => {
        known = null
        listener()
      })
    },
  }
}

const CLOSED: ReadonlySet<string> = new Set(['completed', 'canceled'])
