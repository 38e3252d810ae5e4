import type { Card } from '../../../../../src/work/contract.ts'
import type { Overlay } from '../../../live/cards.ts'
import type { Hall, Project } from '../../../live/hall.ts'
import type { Fields } from '../../edits.ts'
import { cardsIn } from '../../use-project-cards.ts'
import { PRIORITIES } from '../../words.ts'

/** What stands before the name of a choice. */
export type Mark = Readonly<{
  state?: Card['category']
  handle?: string
  priority?: Card['priority']
}>

/** The mark of what has none. */
export const NO_MARK: Mark = {}

/** What of cards can be chosen from a list. */
export type ChoiceKind = 'status' | 'assignee' | 'priority' | 'label' | 'points' | 'sprint'

/** One line of a list to choose from. */
export type Choice = Readonly<{
  value: string
  name: string
  mark: Mark
  /** All the cards have it. */
  isOn: boolean
}>

/** What a choice does to cards. */
export type Change = Readonly<{
  fields(card: Card): Fields
  shown(card: Card): Overlay
  back(card: Card): Fields
  said: string
}>

/** What lists are made from. */
export type ChoiceGround = Readonly<{
  hall: Hall
  project: Project
  cards: readonly Card[]
  /** Who may be meant, and the sprints there are: read when the list opens. */
  handles: readonly string[]
  sprints: readonly number[]
}>

/** The titles of the lists. */
export const TITLES: Record<ChoiceKind, string> = {
  status: 'Move to',
  assignee: 'Assign to',
  priority: 'Priority',
  label: 'Labels',
  points: 'Estimate',
  sprint: 'Sprint',
}

const POINTS = [1, 2, 3, 5, 8, 13, 21] as const

/** Lists what there is to choose. */
export const choicesOf = (kind: ChoiceKind, ground: ChoiceGround): readonly Choice[] => {
  const { cards, project, hall } = ground
  const line = (value: string, name: string, mark: Mark = NO_MARK): Choice => ({
    ...{ value, name, mark },
    isOn: cards.every((card) => has(kind, card, value)),
  })
  switch (kind) {
    case 'status':
      return project.columns.map(({ name, category }) => line(name, name, { state: category }))
    case 'assignee':
      return [
        line('', 'Nobody'),
        ...ground.handles.map((handle) => line(handle, `@${handle}`, { handle })),
      ]
    case 'priority':
      return PRIORITIES.map((priority) => line(priority, nameOf(priority), { priority }))
    case 'label':
      return labelsIn(hall, project).map((label) => line(label, label))
    case 'points':
      return [line('', 'No estimate'), ...POINTS.map((one) => line(String(one), `${one} points`))]
    default:
      return [
        line('', 'No sprint'),
        ...ground.sprints.map((number) => line(String(number), `Sprint ${number}`)),
      ]
  }
}

const nameOf = (priority: string): string =>
  priority === 'none' ? 'No priority' : priority.slice(0, 1).toUpperCase() + priority.slice(1)

const has = (kind: ChoiceKind, card: Card, value: string): boolean => {
  switch (kind) {
    case 'status':
      return card.column === value
    case 'assignee':
      return (card.assignee ?? '') === value
    case 'priority':
      return card.priority === value
    case 'label':
      return card.labels.some((label) => label.toLowerCase() === value.toLowerCase())
    case 'points':
      return String(card.points ?? '') === value
    default:
      return String(card.sprint ?? '') === value
  }
}

/** Lists the labels that cards of a project have. */
export const labelsIn = (hall: Hall, project: Project): readonly string[] => {
  const found = new Map<string, string>()
  for (const { labels } of cardsIn(hall, project)) {
    for (const label of labels) found.set(label.toLowerCase(), label)
  }
  return [...found.values()].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
}

/** Says what a choice does. */
export const changeOf = (kind: ChoiceKind, choice: Choice, project: Project): Change | null => {
  const { value, name, isOn } = choice
  switch (kind) {
    case 'status': {
      const column = project.columns.find((one) => one.name === value)
      if (column === undefined) return null
      return {
        fields: () => ({ status: value }),
        shown: () => ({ column: value, category: column.category }),
        back: (card) => ({ status: card.column }),
        said: `moved to ${value}`,
      }
    }
    case 'assignee':
      return assigneeChange(value === '' ? null : value)
    case 'label':
      return labelChange(value, isOn)
    case 'priority':
      return priorityChange(value)
    case 'points':
      return pointsChange(value)
    default: {
      const sprint = value === '' ? null : Number(value)
      return {
        fields: () => ({ sprint }),
        shown: () => ({ sprint }),
        back: (card) => ({ sprint: card.sprint }),
        said: sprint === null ? 'taken out of the sprint' : `put into ${name.toLowerCase()}`,
      }
    }
  }
}

/** Says what giving cards to somebody does. */
export const assigneeChange = (assignee: string | null): Change => ({
  fields: () => ({ assignee }),
  shown: () => ({ assignee }),
  back: (card) => ({ assignee: card.assignee }),
  said: assignee === null ? 'assigned to nobody' : `assigned to @${assignee}`,
})

const pointsChange = (value: string): Change => {
  const points = value === '' ? null : Number(value)
  return {
    fields: () => ({ points }),
    shown: () => ({ points }),
    back: (card) => ({ points: card.points }),
    said: points === null ? 'has no estimate' : `estimated at ${points}`,
  }
}

const priorityChange = (value: string): Change | null => {
  const priority = PRIORITIES.find((one) => one === value)
  if (priority === undefined) return null
  return {
    fields: () => ({ priority }),
    shown: () => ({ priority }),
    back: (card) => ({ priority: card.priority }),
    said: `set to ${nameOf(priority).toLowerCase()}`,
  }
}

// A label that all have is taken off, else put onto those that have it not.
const labelChange = (label: string, isOn: boolean): Change => {
  const without = ({ labels }: Card) =>
    labels.filter((one) => one.toLowerCase() !== label.toLowerCase())
  const isThere = (card: Card): boolean => without(card).length < card.labels.length
  return {
    fields: () => ({ labels: [isOn ? `-${label}` : `+${label}`] }),
    shown: (card) => ({ labels: isOn ? without(card) : [...without(card), label] }),
    back: (card) => ({ labels: [isThere(card) ? `+${label}` : `-${label}`] }),
    said: isOn ? `lost the label ${label}` : `labelled ${label}`,
  }
}
