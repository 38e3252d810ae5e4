import type { Prints } from '../domain/import-fingerprint.ts'
import type { PlannedTask } from '../domain/import-plan.ts'
import type { ImportLink, StandingTask } from './transfer-ports.ts'

/** A known task of which the source says something else than last time. */
export type Moved = Readonly<{
  link: ImportLink
  /** `null`: the source deleted it. */
  task: PlannedTask | null
  prints: Prints
  fingerprint: string
}>

/** A known task, and the fields of it that the import changes. */
export type Edit = Readonly<{
  moved: Moved
  standing: StandingTask
  change: ReadonlySet<string>
  /** Fields that both sides changed; ours stays. */
  kept: readonly string[]
}>
