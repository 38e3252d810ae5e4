import { useMemo } from 'react'
import type { Project } from '../../../live/hall.ts'
import type { Sprint } from '../../../live/sprints.ts'
import { useHall } from '../../../live/use-hall.ts'
import { readFilter } from '../../board/filter/accept.ts'
import { useProjectCards } from '../../use-project-cards.ts'
import { type Group, groupsOf } from './groups.ts'

type Wish = Readonly<{ project: Project; sprints: readonly Sprint[]; q: string }>

/** Gives the groups of a backlog, as they are now. */
export const useGroups = ({ project, sprints, q }: Wish): readonly Group[] => {
  const { me } = useHall()
  const handle = me()?.handle ?? null
  const cards = useProjectCards(project)
  return useMemo(() => {
    const filter = readFilter(q)
    return groupsOf({
      ...{ cards, sprints },
      hasTriage: project.columns.some(({ category }) => category === 'triage'),
      isShown: (card) => filter.isEmpty || filter.accepts(card, handle),
    })
  }, [cards, sprints, project, q, handle])
}
