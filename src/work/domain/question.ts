/** What a question wants: a decision, a choice, an answer, or somebody to take over. */
export const QUESTION_KINDS = ['approve', 'choose', 'question', 'handover'] as const
export type QuestionKind = (typeof QUESTION_KINDS)[number]

/** The reason that blocks a task while its worker waits for an answer. */
export const QUESTION_FLAG = 'question'

/** Answers to a request for approval. */
export const APPROVAL_ANSWERS = ['approve', 'reject'] as const

/** Writes a question's short key. */
export const questionKey = (number: number): string => `Q-${number}`

/** Takes the number out of a question's key; the caller has checked its form. */
export const questionNumber = (key: string): number => Number(key.slice(2))

// A wait ends a little early rather than once more: the last look of a long poll comes when the
// wait is over, and the clock that woke it may be behind the one that is read here.
const EARLY_MS = 500
// A wait that ended this long ago belonged to another call, one that nobody came back from.
const STALE_MS = 10_000

/** What asking does with a question that is open already. */
type Wait = 'go_on' | 'begin' | 'wait_on' | 'park'

/**
 * Decides how a wait for an answer goes on. The same call looks several times, so the end of its
 * wait is kept with the question: past it, the task is parked.
 */
export const decideWait = (waitS: number, waitsUntil: number | null, now: number): Wait => {
  if (waitS === 0) return 'go_on'
  if (waitsUntil === null || now > waitsUntil + STALE_MS) return 'begin'
  return now >= waitsUntil - EARLY_MS ? 'park' : 'wait_on'
}

/** Finds the option that an answer means: its words in any case, or its number. */
export const optionMeant = (options: readonly string[], answer: string): string | null => {
  const wanted = answer.trim().toLowerCase()
  const named = options.find((option) => option.toLowerCase() === wanted)
  if (named !== undefined) return named
  return /^[1-9][0-9]?$/.test(wanted) ? (options[Number(wanted) - 1] ?? null) : null
}
