// Hints are pure rules over facts that the caller has loaded anyway: no query, no clock of their
// own. They speak rarely: two lines, each rule once per lease, and only to change what comes next.
import { shorten, span } from '../../kernel/text.ts'

/** Most hint lines of one answer. */
export const HINTS_MAX = 2
/** Most characters of one hint line. */
export const HINT_CHARS_MAX = 90
/** A due date nearer than this is worth a hint. */
export const DUE_SOON_MS = 24 * 60 * 60 * 1000
/** Share of a budget, in per cent, from which on it is worth a hint. */
export const BUDGET_PERCENT_MIN = 80
/** Failed attempts from which on the next worker is warned. */
export const FAILURES_MIN = 2
/** Waiting tasks from which on finishing one is worth a hint. */
export const FREES_MIN = 2
/** Renewals without a note from which on one is asked for. */
export const SILENT_RENEWALS_MIN = 2

/** What the rules may look at; a fact that is left out keeps its rule silent. */
export type HintFacts = Readonly<{
  /** The task's short key. */
  key: string
  now: number
  /** The task's due date. */
  due?: number | null
  /** Same unit on both sides; `limit` 0 means none. */
  budget?: Readonly<{ spent: number; limit: number }>
  /** Attempts on this task that failed or expired. */
  failures?: number
  subtasks?: Readonly<{ total: number; open: number }>
  /** Blockers of this task that came back or fell away while it was claimed. */
  blockers?: readonly Readonly<{ key: string; what: 'reopened' | 'canceled' }>[]
  /** Keys of tasks that wait for this one alone. */
  frees?: readonly string[]
  /** The review column the task would go to; `limit` null means none. */
  review?: Readonly<{ used: number; limit: number | null }>
  renewalsWithoutNote?: number
  /** Keys of just saved tasks that align with no objective. */
  withoutObjective?: readonly string[]
}>

/** Names a rule; stored with the lease once it has spoken, so an id never changes its meaning. */
export type HintId =
  | 'due'
  | 'budget'
  | 'failed'
  | 'subtasks'
  | 'blocker'
  | 'frees'
  | 'review'
  | 'note'
  | 'objective'

type Rule = Readonly<{ id: HintId; say: (facts: HintFacts) => string | null }>

const RULES: readonly Rule[] = [
  { id: 'due', say: sayDue },
  { id: 'budget', say: sayBudget },
  { id: 'failed', say: sayFailed },
  { id: 'subtasks', say: saySubtasks },
  { id: 'blocker', say: sayBlocker },
  { id: 'frees', say: sayFrees },
  { id: 'review', say: sayReview },
  { id: 'note', say: sayNote },
  { id: 'objective', say: sayObjective },
]

/** Lines to show, and the ids of all rules that have spoken in this lease by now. */
export type Hints = Readonly<{ lines: readonly string[]; told: readonly string[] }>

/** Says at most two hints that this lease has not heard yet; none to a concise reader. */
export const hintsFor = (
  facts: HintFacts,
  told: readonly string[],
  mode: { readonly concise: boolean } = { concise: false },
): Hints => {
  if (mode.concise) return { lines: [], told }
  const lines: string[] = []
  const spoken: string[] = []
  for (const { id, say } of RULES) {
    if (lines.length === HINTS_MAX) break
    if (told.includes(id)) continue
    const text = say(facts)
    if (text === null) continue
    lines.push(shorten(text, HINT_CHARS_MAX))
    spoken.push(id)
  }
  return { lines, told: spoken.length === 0 ? told : [...told, ...spoken] }
}

function sayDue({ due, now }: HintFacts): string | null {
  if (due === undefined || due === null || due - now >= DUE_SOON_MS) return null
  return due <= now
    ? `Overdue by ${span(now - due)}: finish what counts and say what is left.`
    : `Due in ${span(due - now)}: finish what counts first.`
}

function sayBudget({ budget }: HintFacts): string | null {
  if (budget === undefined || budget.limit <= 0) return null
  const percent = Math.floor((100 * budget.spent) / budget.limit)
  if (percent < BUDGET_PERCENT_MIN) return null
  return `${percent}% of the budget is spent: finish, or release with a note of what is left.`
}

function sayFailed({ failures = 0 }: HintFacts): string | null {
  if (failures < FAILURES_MIN) return null
  return `${failures} attempts failed: read what they tried and go another way.`
}

function saySubtasks({ subtasks, key }: HintFacts): string | null {
  if (subtasks === undefined || subtasks.total === 0 || subtasks.open > 0) return null
  return `All subtasks are done (${subtasks.total}): check the whole, then finish ${key}.`
}

function sayBlocker({ blockers = [], key }: HintFacts): string | null {
  const [first] = blockers
  if (first === undefined) return null
  const keys = keysOf(
    blockers.filter(({ what }) => what === first.what).map((one) => one.key),
    30,
  )
  return first.what === 'reopened'
    ? `Reopened: ${keys}. Check what ${key} takes from there before you go on.`
    : `Canceled: ${keys}. Check that ${key} can still be done.`
}

function sayFrees({ frees = [] }: HintFacts): string | null {
  return frees.length < FREES_MIN ? null : `Finishing this frees ${keysOf(frees, 60)}`
}

function sayReview({ review }: HintFacts): string | null {
  if (review === undefined || review.limit === null || review.used < review.limit) return null
  return `Review is full (${review.used} of ${review.limit}): review something there first.`
}

function sayNote({ renewalsWithoutNote = 0 }: HintFacts): string | null {
  if (renewalsWithoutNote < SILENT_RENEWALS_MIN) return null
  return `No note for ${renewalsWithoutNote} renewals: say in one line where you are.`
}

function sayObjective({ withoutObjective = [] }: HintFacts): string | null {
  if (withoutObjective.length === 0) return null
  return `No objective: ${keysOf(withoutObjective, 40)}. Align it, its parent or its branch.`
}

/** Lists whole keys up to a width, then counts the others. */
function keysOf(keys: readonly string[], widthMax: number): string {
  let text = ''
  for (const [index, key] of keys.entries()) {
    const longer = text === '' ? key : `${text} ${key}`
    if (longer.length > widthMax && text !== '') return `${text} +${keys.length - index}`
    text = longer
  }
  return text
}
