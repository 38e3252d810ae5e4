import { refuse } from '../../kernel/refusal.ts'

/** The states of a sprint; one sprint of a project is active at a time. */
export const SPRINT_STATES = ['planned', 'active', 'closed'] as const
export type SprintState = (typeof SPRINT_STATES)[number]

type Act = 'save' | 'start' | 'close'

const NEXT: Record<SprintState, Record<Act, SprintState | 'refuse'>> = {
  planned: { save: 'planned', start: 'active', close: 'refuse' },
  active: { save: 'active', start: 'refuse', close: 'closed' },
  closed: { save: 'refuse', start: 'refuse', close: 'refuse' },
}

/** Decides what a sprint becomes, or refuses and says what its state allows. */
export const decideSprint = (
  sprint: Readonly<{ number: number; state: SprintState }>,
  act: Act,
): SprintState => {
  const next = NEXT[sprint.state][act]
  if (next !== 'refuse') return next
  const can =
    sprint.state === 'planned'
      ? 'start it first'
      : sprint.state === 'active'
        ? 'it can be saved or closed'
        : 'its numbers stay as they are'
  const message = `Sprint ${sprint.number} is ${sprint.state}: ${can}.`
  throw refuse('conflict', 'work.sprint_state', message, { state: sprint.state })
}

/** Refuses a plan that ends before it starts. */
export const checkDates = (startsOn: string | null, endsOn: string | null): void => {
  if (startsOn === null || endsOn === null || startsOn <= endsOn) return
  const message = `A sprint ends on the day it starts or later, not on ${endsOn}.`
  throw refuse('invalid', 'work.sprint_dates', message, { field: 'ends_on' })
}
