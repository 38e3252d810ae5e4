import type { Card } from '../../../../../src/work/contract.ts'
import { byRank } from '../../../live/cards.ts'
import type { Sprint } from '../../../live/sprints.ts'
import { inHundredths, isClosed } from '../../words.ts'

/** Where a task of the backlog stands: in a sprint that is not over, or in none. */
export type GroupPlace =
  | Readonly<{ kind: 'sprint'; sprint: Sprint }>
  | Readonly<{ kind: 'backlog' }>
  | Readonly<{ kind: 'triage' }>

/** What a number of tasks adds up to. */
export type Sums = Readonly<{
  tasks: number
  points: number
  /** Tasks among them that nobody has estimated. */
  open: number
}>

/** A part of the backlog: its tasks that are not started, in the order of their ranks. */
export type Group = Readonly<{
  id: string
  name: string
  place: GroupPlace
  /** The tasks that the filter leaves. */
  ids: readonly string[]
  /** Tasks that are not started, whether or not the filter leaves them. */
  waiting: Sums
  /** Everything in it: of a sprint, also what runs and what is done. */
  whole: Sums
}>

/** What the groups of a backlog are made of. */
export type GroupGround = Readonly<{
  /** Cards of the project in any order. */
  cards: Iterable<Card>
  sprints: readonly Sprint[]
  hasTriage: boolean
  isShown(card: Card): boolean
}>

const NOTHING: Sums = { tasks: 0, points: 0, open: 0 }
const WAITING: ReadonlySet<Card['category']> = new Set(['triage', 'backlog', 'unstarted'])

/** Names the group of a sprint. */
export const sprintGroup = (number: number): string => `sprint-${number}`

/** Sorts tasks into the groups of a backlog: what runs, what is planned, and the rest. */
export const groupsOf = ({ cards, sprints, hasTriage, isShown }: GroupGround): readonly Group[] => {
  const open = openSprints(sprints)
  const numbers = new Set(open.map(({ number }) => number))
  const found = new Map<string, { shown: Card[]; waiting: Sums; whole: Sums }>()
  for (const card of cards) {
    if (card.archived || isClosed(card)) continue
    const id = groupIdOf(card, numbers)
    const group = found.get(id) ?? { shown: [], waiting: NOTHING, whole: NOTHING }
    found.set(id, group)
    group.whole = plus(group.whole, card)
    if (!WAITING.has(card.category)) continue
    group.waiting = plus(group.waiting, card)
    if (isShown(card)) group.shown.push(card)
  }
  return placesOf(open, hasTriage || found.has('triage')).map(({ id, name, place }) => {
    const { shown = [], waiting = NOTHING, whole = NOTHING } = found.get(id) ?? {}
    const done = place.kind === 'sprint' ? place.sprint : null
    return {
      ...{ id, name, place, waiting },
      ids: shown.sort(byRank).map((card) => card.id),
      // Work that is done left the open tasks, but not the sprint.
      whole: {
        ...whole,
        tasks: whole.tasks + (done?.done ?? 0),
        points: whole.points + (done?.donePoints ?? 0),
      },
    }
  })
}

const openSprints = (sprints: readonly Sprint[]): readonly Sprint[] => {
  const order = { active: 0, planned: 1, closed: 2 } as const
  return sprints
    .filter(({ state }) => state !== 'closed')
    .sort((a, b) => order[a.state] - order[b.state] || a.number - b.number)
}

// A task that was opened again after its sprint closed waits with those that are in none.
const groupIdOf = (card: Card, numbers: ReadonlySet<number>): string => {
  if (card.sprint !== null && numbers.has(card.sprint)) return sprintGroup(card.sprint)
  return card.category === 'triage' ? 'triage' : 'backlog'
}

type Named = Readonly<{ id: string; name: string; place: GroupPlace }>

const placesOf = (sprints: readonly Sprint[], hasTriage: boolean): readonly Named[] => [
  ...sprints.map((sprint): Named => {
    const { number } = sprint
    return { id: sprintGroup(number), name: `Sprint ${number}`, place: { kind: 'sprint', sprint } }
  }),
  { id: 'backlog', name: 'Backlog', place: { kind: 'backlog' } },
  ...(hasTriage ? [{ id: 'triage', name: 'Triage', place: { kind: 'triage' } } as const] : []),
]

const plus = ({ tasks, points, open }: Sums, card: Card): Sums => ({
  tasks: tasks + 1,
  points: inHundredths(points + (card.points ?? 0)),
  open: open + (card.points === null ? 1 : 0),
})
