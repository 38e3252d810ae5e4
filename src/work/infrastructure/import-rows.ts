import { at, atOrNull } from '../../platform/sql.ts'

/** Rows that one statement writes: bodies are large, and a statement's text is held in memory. */
const ROWS_PER_STATEMENT = 500

type Times = Readonly<{
  createdAt: number
  startedAt: number | null
  completedAt: number | null
  archivedAt: number | null
}>

/** Writes the times of a task as the database reads them. */
export const timed = <T extends Times>(task: T) => ({
  ...task,
  createdAt: at(task.createdAt),
  startedAt: atOrNull(task.startedAt),
  completedAt: atOrNull(task.completedAt),
  archivedAt: atOrNull(task.archivedAt),
})

/** Cuts a list into pieces that one statement can carry. */
export function* pieces<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    yield rows.slice(from, from + ROWS_PER_STATEMENT)
  }
}
