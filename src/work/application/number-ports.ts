import type { Change } from '../domain/history.ts'
import type { TaskType } from '../domain/words.ts'

/** A row of the history: a change of a task in a project, and whose it was. */
export type HistoryRow = Change & Readonly<{ projectId: string; by: string | null }>

/** Tasks whose past is wanted: those of a project, or those that ever were in some sprints. */
export type PastWish = Readonly<{ projectId: string; sprints: readonly number[] | null }>

/** The past of tasks, up to now; `pos` is the position up to which it is kept in rows. */
export type Past = Readonly<{ pos: number; changes: readonly Change[] }>

/** What charts call a task. */
export type TaskName = Readonly<{ key: string; title: string; type: TaskType }>

/** Keeps and reads what tasks were. */
export type PastStore = Readonly<{
  /** Reads on in the ledger and keeps what it says; tells how much it was. */
  keep(): Promise<Readonly<{ events: number; isLast: boolean }>>
  /** Gives the past of tasks, or refuses where it is too long or still being read. */
  read(wish: PastWish): Promise<Past>
  names(taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskName>>
}>

/** What the agile numbers are computed from. */
export type NumberNeeds = Readonly<{ past: PastStore }>
