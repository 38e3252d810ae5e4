import type { Hall, Project } from '../../../live/hall.ts'
import { cardsIn } from '../../use-project-cards.ts'
import type { FilterFacts } from './suggest.ts'

/** Gathers what a board has that filters can name. */
export const filterFacts = (hall: Hall, project: Project): FilterFacts => {
  const [labels, handles, sprints] = [
    new Map<string, string>(),
    new Set<string>(),
    new Set<number>(),
  ]
  const me = hall.me()?.handle
  if (me !== undefined) handles.add(me)
  for (const card of cardsIn(hall, project)) {
    for (const label of card.labels) labels.set(label.toLowerCase(), label)
    for (const handle of [card.assignee, card.holder, card.delegate]) {
      if (handle !== null) handles.add(handle)
    }
    if (card.sprint !== null) sprints.add(card.sprint)
  }
  return {
    columns: project.columns.map(({ name }) => name),
    labels: [...labels.values()].sort(),
    handles: [...handles].sort(),
    sprints: [...sprints].sort((a, b) => b - a),
    branches: project.branches,
  }
}
