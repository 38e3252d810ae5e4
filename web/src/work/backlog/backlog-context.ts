import { createContext, useContext } from 'react'
import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import type { Group } from './group/groups.ts'

/** What can be chosen for tasks from a list. */
export type PickKind = 'points' | 'priority' | 'assignee' | 'labels' | 'status' | 'group' | 'link'

/** A field that is written in its line. */
export type LineField = 'title' | 'points'

/** What is open over the backlog. */
export type Open =
  | Readonly<{ kind: PickKind; ids: readonly string[] }>
  | Readonly<{ kind: 'paste'; text: string; group: Group | null }>
  | Readonly<{ kind: 'sprint' }>

/** What the groups and lines of one backlog share. */
export type BacklogView = Readonly<{
  project: Project
  sprints: readonly Sprint[]
  groups: readonly Group[]
  mayWrite: boolean
  /** Points that a sprint is planned for: as it was given, else as the last ones went. */
  capacity: Readonly<{ points: number | null; isGiven: boolean }>
  /** The line that keys act on; `tick` rises with each wish to bring it into focus. */
  focus: Readonly<{ id: string | null; tick: number }>
  focusOn(id: string): void
  /** Notes the line that got the focus by itself: by a click or the Tab key. */
  noteFocus(id: string): void
  chosen: ReadonlySet<string>
  /** Takes a line into the choice or out of it; with a range, all from the last one to it. */
  choose(id: string, isRange: boolean): void
  /** The line that is written in. */
  writing: Readonly<{ id: string; field: LineField }> | null
  write(id: string, field: LineField): void
  stopWriting(): void
  show(open: Open | null): void
  /** Puts lines into a group; without an index their rank stays. */
  place(ids: readonly string[], group: Group, index: number | null): void
  /** Gives what an action on a line is about: the choice it belongs to, or the line alone. */
  about(id: string): readonly string[]
}>

/** Hands the backlog down to its groups. */
export const BacklogContext = createContext<BacklogView | null>(null)

/** Gives the backlog that a group or line belongs to. */
export const useBacklog = (): BacklogView => {
  const view = useContext(BacklogContext)
  if (view === null) throw new Error('Groups and lines are parts of a backlog.')
  return view
}

/** Names what a dragged line carries. */
export const DRAG_TYPE = 'application/x-guildhall-tasks'
