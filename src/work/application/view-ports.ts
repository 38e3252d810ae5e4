import type { SavedView } from '../domain/saved-view.ts'

/** Keeps views of boards. */
export type ViewStore = {
  /** Lists the views of a project that somebody sees: theirs and the shared ones, by name. */
  list(projectId: string, me: string): Promise<readonly SavedView[]>
  /** Finds a view of a locked project among those that somebody sees. */
  find(projectId: string, number: number, me: string): Promise<SavedView | null>
  /** Counts the views of a locked project: those that somebody keeps, and the shared ones. */
  count(projectId: string, me: string): Promise<Readonly<{ own: number; shared: number }>>
  /** Makes the next view of a locked project; gives its number. */
  add(view: Omit<SavedView, 'number' | 'version'> & Readonly<{ now: number }>): Promise<number>
  save(view: SavedView): Promise<void>
  remove(view: SavedView): Promise<void>
}

/** What the operations of views use besides `WorkNeeds` and `BoardNeeds`. */
export type ViewNeeds = Readonly<{ views: ViewStore }>
