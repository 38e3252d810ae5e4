import type { BacklogFile, BacklogSource, Findings } from '../domain/machine.ts'

/** What operations about the hub's own machine need. */
export type MachineNeeds = { readonly machine: Machine }

/** The machine that the hub runs on, as far as its operator lets it look. */
export type Machine = Readonly<{
  /** Looks around in the operator's home folder, for a bounded time. */
  look(): Promise<Findings>
  /** Reads the backlog of a repository; `null` where there is none that may be read. */
  backlog(
    path: string,
  ): Promise<Readonly<{ source: BacklogSource; files: readonly BacklogFile[] }> | null>
}>
