/** The categories that columns map to; what a column means, whatever it is called. */
export const CATEGORIES = [
  'triage',
  'backlog',
  'unstarted',
  'started',
  'completed',
  'canceled',
] as const
export type Category = (typeof CATEGORIES)[number]

/** Tells whether a category is closed: it releases dependents and parents. */
export const isClosed = (category: Category): boolean =>
  category === 'completed' || category === 'canceled'

/** Priorities, most urgent first; stored as 1 to 5. */
export const PRIORITIES = ['urgent', 'high', 'medium', 'low', 'none'] as const
export type Priority = (typeof PRIORITIES)[number]

/** Gives the stored number of a priority: 1 is urgent, 5 is none. */
export const priorityNumber = (priority: Priority): number => PRIORITIES.indexOf(priority) + 1

/** Gives the word of a stored priority. */
export const priorityWord = (number: number): Priority => PRIORITIES[number - 1] ?? 'none'

/** The types of task; what a task is about, never how it is handled. */
export const TASK_TYPES = ['epic', 'story', 'task', 'bug', 'chore'] as const
export type TaskType = (typeof TASK_TYPES)[number]

/** The kinds of dependency; `blocks` is the only one that keeps a task from being claimed. */
export const DEPENDENCY_KINDS = [
  'blocks',
  'relates',
  'duplicates',
  'supersedes',
  'discovered_from',
] as const
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number]

/** Ways in which an agent ends a claim by itself. */
export const FINISH_OUTCOMES = ['done', 'review', 'blocked', 'released', 'failed'] as const
export type FinishOutcome = (typeof FINISH_OUTCOMES)[number]

/** Every way in which an attempt can end. */
export const END_OUTCOMES = [
  ...FINISH_OUTCOMES,
  'expired',
  'asked',
  'taken_over',
  'handed_back',
  'forced',
  'canceled',
] as const
export type EndOutcome = (typeof END_OUTCOMES)[number]

/** The columns of a project that brings none of its own. */
export const DEFAULT_COLUMNS: readonly Readonly<{
  name: string
  category: Category
  role: 'review' | null
}>[] = [
  { name: 'Triage', category: 'triage', role: null },
  { name: 'Backlog', category: 'backlog', role: null },
  { name: 'Todo', category: 'unstarted', role: null },
  { name: 'In progress', category: 'started', role: null },
  { name: 'In review', category: 'started', role: 'review' },
  { name: 'Done', category: 'completed', role: null },
  { name: 'Canceled', category: 'canceled', role: null },
]

/** Limits of leases in seconds, of texts, and of what hangs on one task. */
export const LEASE_DEFAULT_S = 900
export const LEASE_MIN_S = 5
export const LEASE_MAX_S = 14_400
export const WAIT_MAX_S = 45
export const TITLE_MAX = 300
export const BODY_BYTES_MAX = 65_536
export const ACCEPT_MAX = 50
export const TASK_DEPTH_MAX = 8
export const DEPENDENCIES_MAX = 100
export const FAILURES_MAX = 5
export const SEATS_DEFAULT = 3
/** Estimates are kept in hundredths of a point: no fractions in the ledger. */
export const POINT = 100
