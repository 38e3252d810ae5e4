import type { Card } from '../../../../../src/work/contract.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { PriorityMark } from '../../../ui/priority-mark.tsx'
import { StateGlyph } from '../../../ui/state-glyph.tsx'
import { labelsIn } from '../../board/edit/choices.ts'
import { handleIn, useHandles } from '../../use-handles.ts'
import { PRIORITIES } from '../../words.ts'
import { useBacklog } from '../backlog-context.ts'
import { changeTasks, labelEdit } from '../change/edits.ts'
import { type Option, PickDialog } from './pick-dialog.tsx'
import { cutText } from '../../../ui/signs.ts'

type PickProps = Readonly<{ cards: readonly Card[]; close(): void }>

const nameOf = (cards: readonly Card[]): string =>
  cards.length === 1 ? (cards[0]?.key ?? '') : `${cards.length} tasks`

const isAll = (cards: readonly Card[], holds: (card: Card) => boolean): boolean =>
  cards.length > 0 && cards.every(holds)

/** Asks for the priority of tasks. */
export const PickPriority = ({ cards, close }: PickProps) => {
  const hall = useHall()
  const options = PRIORITIES.map(
    (priority): Option => ({
      value: priority,
      name: priority.charAt(0).toUpperCase() + priority.slice(1),
      mark: (
        <span className="w-3.5">
          <PriorityMark priority={priority} />
        </span>
      ),
      isChosen: isAll(cards, (card) => card.priority === priority),
    }),
  )
  const choose = (value: string): void => {
    close()
    const priority = PRIORITIES.find((one) => one === value)
    if (priority === undefined) return
    const edits = cards.map((card) => ({ card, patch: { priority }, shown: { priority } }))
    changeTasks(hall, edits).catch(() => {})
  }
  const title = `Priority of ${nameOf(cards)}`
  return <PickDialog {...{ title, options, choose, close }} placeholder="Priority" />
}

const SCALE = [0, 1, 2, 3, 5, 8, 13, 21] as const
const NO_ESTIMATE = 'none'
const POINTS = /^\d{1,4}(\.\d{1,2})?$/

/** Asks for the estimate of tasks. */
export const PickPoints = ({ cards, close }: PickProps) => {
  const hall = useHall()
  const options = [null, ...SCALE].map(
    (points): Option => ({
      value: points === null ? NO_ESTIMATE : String(points),
      name: points === null ? 'No estimate' : `${points} ${points === 1 ? 'point' : 'points'}`,
      isChosen: isAll(cards, (card) => card.points === points),
    }),
  )
  const choose = (value: string): void => {
    close()
    const points = value === NO_ESTIMATE ? null : Number(value)
    const edits = cards.map((card) => ({ card, patch: { points }, shown: { points } }))
    changeTasks(hall, edits).catch(() => {})
  }
  return (
    <PickDialog
      title={`Estimate of ${nameOf(cards)}`}
      placeholder="Points"
      options={options}
      free={(text) => (POINTS.test(text) ? { value: text, name: `${text} points` } : null)}
      choose={choose}
      close={close}
    />
  )
}

const NOBODY = ' '

/** Asks for whom tasks are. */
export const PickAssignee = ({ cards, close }: PickProps) => {
  const hall = useHall()
  const handles = useHandles(true)
  const options: readonly Option[] = [
    { value: NOBODY, name: 'Nobody', isChosen: isAll(cards, (card) => card.assignee === null) },
    ...handles.map((handle) => ({
      value: handle,
      name: `@${handle}`,
      mark: <Avatar handle={handle} />,
      isChosen: isAll(cards, (card) => card.assignee === handle),
    })),
  ]
  const choose = (value: string): void => {
    close()
    const assignee = value === NOBODY ? null : value
    const edits = cards.map((card) => ({ card, patch: { assignee }, shown: { assignee } }))
    changeTasks(hall, edits).catch(() => {})
  }
  return (
    <PickDialog
      title={`Assign ${nameOf(cards)}`}
      placeholder="Who"
      options={options}
      free={(text) => {
        const handle = handleIn(text)
        return handle === null ? null : { value: handle, name: `@${handle}` }
      }}
      choose={choose}
      close={close}
    />
  )
}

const LABEL_LETTERS_MAX = 60

/** Asks for labels to put on tasks or to take off; stays open for the next one. */
export const PickLabels = ({ cards, close }: PickProps) => {
  const hall = useHall()
  const { project } = useBacklog()
  const hasLabel = (card: Card, label: string): boolean =>
    card.labels.some((one) => one.toLowerCase() === label.toLowerCase())
  const options = labelsIn(hall, project).map((label) => ({
    value: label,
    name: label,
    isChosen: isAll(cards, (card) => hasLabel(card, label)),
  }))
  const choose = (label: string): void => {
    const isWanted = !isAll(cards, (card) => hasLabel(card, label))
    const edits = cards.map((card) => labelEdit(card, label, isWanted))
    changeTasks(hall, edits).catch(() => {})
  }
  return (
    <PickDialog
      title={`Labels of ${nameOf(cards)}`}
      placeholder="Label"
      options={options}
      free={(text) => ({
        value: cutText(text.replace(/^[+-]+/, ''), LABEL_LETTERS_MAX),
        name: `New label "${cutText(text, LABEL_LETTERS_MAX)}"`,
      })}
      choose={choose}
      close={close}
    />
  )
}

/** Asks into which column tasks go: what is started leaves the backlog. */
export const PickStatus = ({ cards, close }: PickProps) => {
  const hall = useHall()
  const { project } = useBacklog()
  const options = project.columns.map(
    ({ name, category }): Option => ({
      value: name,
      name,
      mark: <StateGlyph category={category} />,
      isChosen: isAll(cards, (card) => card.column === name),
    }),
  )
  const choose = (value: string): void => {
    close()
    const column = project.columns.find(({ name }) => name === value)
    if (column === undefined) return
    const shown = { column: value, category: column.category }
    changeTasks(
      hall,
      cards.map((card) => ({ card, patch: { status: value }, shown })),
    ).catch(() => {})
  }
  const title = `Status of ${nameOf(cards)}`
  return <PickDialog {...{ title, options, choose, close }} placeholder="Column" />
}

/** Asks into which group tasks go. */
export const PickGroup = ({ cards, close }: PickProps) => {
  const { groups, place } = useBacklog()
  const ids = cards.map(({ id }) => id)
  const options = groups.map((group) => ({
    value: group.id,
    name: group.name,
    isChosen: ids.every((id) => group.ids.includes(id)),
    ...(group.place.kind === 'sprint' &&
      group.place.sprint.goal !== '' && { about: group.place.sprint.goal }),
  }))
  const choose = (value: string): void => {
    close()
    const group = groups.find((one) => one.id === value)
    if (group) place(ids, group, null)
  }
  const title = `Move ${nameOf(cards)} to`
  return <PickDialog {...{ title, options, choose, close }} placeholder="Sprint or backlog" />
}
