/** Milliseconds for which a lease holds; it ends with its claim if that ends before. */
export const LEASE_MS = 15 * 60_000
/** Calls that one lease is good for at most. */
export const LEASE_CALLS_MAX = 10_000
/** Tools that one lease names at most. */
export const LEASE_TOOLS_MAX = 100
/** Leases that one principal holds at the same time. */
export const LEASES_OPEN_MAX = 50

/** The right to use tools over one connection, within one claim of one task. */
export type Lease = Readonly<{
  id: string
  principalId: string
  onBehalfOf: string | null
  taskId: string
  /** The fence of the claim it lives with: a later claim of the task does not revive it. */
  fence: number
  connection: string
  tools: readonly string[]
  callsMax: number
  takenAt: number
  expiresAt: number
}>
