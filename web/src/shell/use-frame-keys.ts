import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useHall, useTopic } from '../live/use-hall.ts'
import { known, useKeys } from './keys.ts'
import { toggleNav } from './nav-state.ts'
import { type Place, placesFor } from './places.ts'

type FrameKeys = Readonly<{
  project: string | null
  palette(): void
  sheet(): void
  /** Asks for a new task; absent where the person may not make one. */
  create: (() => void) | null
}>

/** Gives what leads to a place. */
export const useGo = (project: string | null): ((place: Pick<Place, 'to'>) => void) => {
  const navigate = useNavigate()
  return useCallback(
    ({ to }) => {
      navigate({ to, params: { project: project ?? '' } }).catch(() => {})
    },
    [navigate, project],
  )
}

/** Makes the keys work that work everywhere. */
export const useFrameKeys = ({ project, palette, sheet, create }: FrameKeys): void => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const go = useGo(project)
  const ways = placesFor(me, project).flatMap((place) =>
    place.keys === undefined
      ? []
      : [
          {
            id: `go.${place.id}`,
            keys: [place.keys],
            label: `Go to ${place.name}`,
            run: () => go(place),
          },
        ],
  )
  useKeys('Everywhere', [
    known('palette', palette, { inFields: true }),
    known('search', palette),
    known('keys', sheet),
    known('create', () => create?.(), { when: () => create !== null }),
    known('nav', toggleNav),
    known('undo', () => void hall.undo.undo()),
    known('redo', () => void hall.undo.redo()),
    ...ways,
  ])
}
