import type { Category } from './words.ts'

/** Reasons that keep a task from everybody, by which the queue is counted. */
export const QUEUE_REASONS = [
  'blocked_by',
  'parent_blocked',
  'open_subtasks',
  'flagged',
  'held_until',
  'not_in_queue',
  'claimed',
] as const
export type QueueReason = (typeof QUEUE_REASONS)[number]

/** Names every kind of reason; `budget` is for when agents have one. */
export const READINESS_CODES = [
  ...QUEUE_REASONS,
  'for_other',
  'skills',
  'wip_full',
  'budget',
  'archived',
  'no_right',
  'stopped',
] as const

/** One reason why a task cannot be claimed. */
export type Reason = Readonly<{
  code: (typeof READINESS_CODES)[number]
  text: string
  keys: readonly string[]
}>

/** What the answer to "could this caller claim it now?" looks at. */
export type Claimable = Readonly<{
  key: string
  column: string
  category: Category
  archived: boolean
  blocked: string | null
  openBlockers: number
  heldAbove: number
  openChildren: number
  holdUntil: number | null
  forId: string | null
  skills: readonly string[]
  holderId: string | null
  branch: string
  branchClosed: boolean
  /** Agents and services get no work. */
  halted: boolean
  blockers: readonly string[]
  above: readonly string[]
  children: readonly string[]
  seatsUsed: number
  goal: Readonly<{ name: string; full: boolean }> | null
  projectFull: boolean
}>

/** Who would claim, and when. */
export type Claimant = Readonly<{
  id: string
  /** How sentences call them where it is not the reader: `@dev-1`. */
  called?: string
  mayClaim: boolean
  skills: readonly string[]
  isPerson: boolean
  /** Claims it may hold at once; `null`: any number. */
  seatMax: number | null
  now: number
  /** Handles by id, for the texts. */
  names: ReadonlyMap<string, string>
}>

/** Lists every reason why a claim of this task would not succeed; none: it would. */
export const reasonsAgainst = (task: Claimable, claimant: Claimant): readonly Reason[] => [
  ...standing(task, claimant),
  ...around(task),
  ...fitting(task, claimant),
  ...places(task, claimant),
]

const reason = (code: Reason['code'], text: string, keys: readonly string[] = []): Reason => ({
  code,
  text,
  keys,
})

const nameOf = ({ names }: Claimant, id: string): string => `@${names.get(id) ?? 'somebody'}`

const standing = (task: Claimable, claimant: Claimant): readonly Reason[] => {
  const reasons: Reason[] = []
  if (task.archived) reasons.push(reason('archived', 'It is archived.'))
  if (task.holderId !== null) {
    const text = `${nameOf(claimant, task.holderId)} holds it now.`
    reasons.push(reason('claimed', text))
  } else if (task.category !== 'unstarted') {
    reasons.push(reason('not_in_queue', `It stands in ${task.column}, outside the queue.`))
  }
  if (task.blocked !== null) reasons.push(reason('flagged', `Blocked: ${task.blocked}`))
  if (task.holdUntil !== null && task.holdUntil > claimant.now) {
    const until = new Date(task.holdUntil).toISOString()
    reasons.push(reason('held_until', `It rests until ${until}.`))
  }
  return reasons
}

const around = (task: Claimable): readonly Reason[] => {
  const reasons: Reason[] = []
  const list = (keys: readonly string[]) => keys.join(', ')
  if (task.openBlockers > 0) {
    reasons.push(reason('blocked_by', `It waits for ${list(task.blockers)}.`, task.blockers))
  }
  if (task.heldAbove > 0) {
    const text = `Above it, ${list(task.above)} is blocked.`
    reasons.push(reason('parent_blocked', text, task.above))
  }
  if (task.openChildren > 0) {
    const text = `Its subtasks come first: ${list(task.children)}.`
    reasons.push(reason('open_subtasks', text, task.children))
  }
  return reasons
}

const fitting = (task: Claimable, claimant: Claimant): readonly Reason[] => {
  const reasons: Reason[] = []
  if (task.halted && !claimant.isPerson) {
    reasons.push(reason('stopped', 'All agents are stopped; a person lets them work again.'))
  }
  if (!claimant.mayClaim) {
    const text = `${claimant.called ?? 'You'} may not claim tasks here.`
    reasons.push(reason('no_right', text))
  }
  if (task.branchClosed) {
    reasons.push(reason('no_right', `The branch ${task.branch} is assigned to others.`))
  }
  if (task.forId !== null && task.forId !== claimant.id) {
    reasons.push(reason('for_other', `It is meant for ${nameOf(claimant, task.forId)}.`))
  }
  const missing = task.skills.filter((skill) => !claimant.skills.includes(skill))
  if (missing.length > 0) reasons.push(reason('skills', `It needs ${missing.join(', ')}.`))
  return reasons
}

const places = (task: Claimable, { seatMax, called }: Claimant): readonly Reason[] => {
  const reasons: Reason[] = []
  if (seatMax !== null && task.seatsUsed >= seatMax) {
    const who = called === undefined ? 'You hold' : `${called} holds`
    reasons.push(reason('wip_full', `${who} ${task.seatsUsed} of ${seatMax} tasks.`))
  }
  if (task.goal === null) {
    reasons.push(reason('wip_full', 'The board has no column for running work.'))
  } else if (task.goal.full) {
    reasons.push(reason('wip_full', `The column ${task.goal.name} is full.`))
  }
  if (task.projectFull) reasons.push(reason('wip_full', 'The project runs as much as it may.'))
  return reasons
}
