import type { QueueReason } from '../../../../src/work/contract.ts'

// This is read before the page of what is ready is: it brings nothing else along.

/** Reasons by which tasks that are not ready are counted. */
export const REASONS = [
  'blocked_by',
  'parent_blocked',
  'open_subtasks',
  'flagged',
  'held_until',
  'not_in_queue',
  'claimed',
] as const satisfies readonly QueueReason[]

/** What of the view stands in its address. */
export type ReadySearch = { why?: QueueReason; agent?: string }
