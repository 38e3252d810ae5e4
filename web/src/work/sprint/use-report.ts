import { shape } from '../../live/api.ts'
import type { Sprint } from '../../live/sprints.ts'
import type { Read } from '../../live/use-read.ts'
import type { Amount } from '../numbers/measure.ts'
import { useNumbers } from '../numbers/use-numbers.ts'
import type { AsOf } from '../numbers/views.ts'

/** What became of a task in a sprint, as its report says it. */
export type ReportTask = Readonly<{
  key: string
  title: string
  points: number | null
  place: 'completed' | 'open' | 'removed' | 'outside'
  /** It came after the start. */
  added: boolean
  /** When it was completed or removed. */
  at: string | null
  why: 'moved' | 'canceled' | 'archived' | null
}>

/** A moment at which the numbers of a sprint became others, and the tasks behind that. */
export type ReportStep = Readonly<{
  at: string
  scope: Amount
  completed: Amount
  remaining: Amount
  change: 'start' | 'scope' | 'work' | 'both' | 'end'
  keys: readonly string[]
  /** So many tasks more. */
  more: number
}>

/** The numbers of a sprint that has started, from the ledger. */
export type Report = Readonly<{
  asOf: AsOf
  zone: string
  sprint: Pick<Sprint, 'project' | 'number' | 'goal' | 'endsOn' | 'startedAt' | 'closedAt'>
  committed: Amount
  /** What came and what left after the start. */
  added: Amount
  removed: Amount
  scope: Amount
  completed: Amount
  remaining: Amount
  steps: readonly ReportStep[]
  ideal: readonly (Readonly<{ at: string }> & Amount)[]
  tasks: readonly ReportTask[]
}>

const isReport = shape<Report>(
  'asOf',
  'zone',
  'committed',
  'added',
  'scope',
  'steps',
  'ideal',
  'tasks',
)

/** Reads the report of a sprint, and again when its numbers moved. */
export const useReport = ({ project, number }: Sprint): Read<Report> =>
  useNumbers(`/projects/${project}/sprints/${number}/report`, { is: isReport, project })
