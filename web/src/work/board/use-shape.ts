import { useMemo, useState } from 'react'
import { boardTopic } from '../../live/cards.ts'
import type { Project } from '../../live/hall.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import type { BoardSearch } from './board-search.ts'
import type { Filter } from './filter/accept.ts'
import { type Shape, type ShapeGround, shapeOf } from './shape.ts'

type Wish = Readonly<{ project: Project; search: BoardSearch; filter: Filter }>

/** Gives what a board shows, anew with every change of its cards. */
export const useShape = ({ project, search, filter }: Wish): Shape => {
  const hall = useHall()
  const [next] = useState(shaper)
  const changes = useTopic(boardTopic(project.key), () => hall.store.cards.changes(project.key))
  return useMemo(
    () => next({ hall, project, search, filter }, changes),
    [next, hall, project, search, filter, changes],
  )
}

// Lists that stay the same let their columns rest; so the shape before is kept beside.
const shaper = () => {
  let before: Shape | null = null
  return (ground: ShapeGround, _changes: number): Shape => {
    before = shapeOf(ground, before)
    return before
  }
}
