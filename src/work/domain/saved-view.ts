import { refuse } from '../../kernel/refusal.ts'

/** A view of a board that somebody keeps; `number` names it within its project. */
export type SavedView = Readonly<{
  id: string
  projectId: string
  number: number
  ownerId: string
  name: string
  query: string
  shared: boolean
  version: number
}>

/** Views that one person keeps in one project at most. */
export const OWN_VIEWS_MAX = 50
/** Views that one project shares at most. */
export const SHARED_VIEWS_MAX = 50
/** Characters of the query that a view keeps at most. */
export const VIEW_QUERY_MAX = 1_000

/** Who wants to do something to views: their id, and whether boards are theirs to arrange. */
export type ViewUser = Readonly<{ id: string; arranges: boolean }>

/** Refuses to share a view where the board is not theirs to arrange. */
export const checkSharing = (
  { arranges }: ViewUser,
  change: Readonly<{ from: boolean; to: boolean }>,
): void => {
  if (arranges || change.from === change.to) return
  const message = 'Only who may change the board shares its views; keep this one for yourself.'
  throw refuse('forbidden', 'work.view_not_yours', message)
}

/** Refuses changes of a view that is somebody else's, shared ones by who arranges the board. */
export const checkOwner = (view: SavedView, { id, arranges }: ViewUser): void => {
  if (view.ownerId === id || (view.shared && arranges)) return
  const message = `${view.name} belongs to somebody else; save a view of your own instead.`
  throw refuse('forbidden', 'work.view_not_yours', message)
}

/** Refuses one view too many, of one's own or of the project's. */
export const checkViewCount = (
  counts: Readonly<{ own: number; shared: number }>,
  shared: boolean,
): void => {
  const [count, max] = shared ? [counts.shared, SHARED_VIEWS_MAX] : [counts.own, OWN_VIEWS_MAX]
  if (count < max) return
  const whose = shared ? 'A project shares' : 'One person keeps'
  const message = `${whose} ${max} views of a board at most; delete one first.`
  throw refuse('conflict', 'work.too_many_views', message, { limit: max })
}
