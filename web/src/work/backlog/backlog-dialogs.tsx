import { PlanDialog } from '../sprint/plan-dialog.tsx'
import { type Open, useBacklog } from './backlog-context.ts'
import { PasteDialog } from './paste/paste-dialog.tsx'
import { LinkDialog } from './pick/link-dialog.tsx'
import {
  PickAssignee,
  PickGroup,
  PickLabels,
  PickPoints,
  PickPriority,
  PickStatus,
} from './pick/pick-field.tsx'
import { useCards } from './use-cards.ts'

type BacklogDialogsProps = Readonly<{ open: Open; close(): void }>

/** Shows what is open over the backlog. */
export const BacklogDialogs = ({ open, close }: BacklogDialogsProps) => {
  const { groups, project, sprints } = useBacklog()
  if (open.kind === 'sprint') {
    return <PlanDialog project={project} sprints={sprints} sprint={null} close={close} />
  }
  if (open.kind === 'paste') {
    const group = open.group ?? groups.find(({ id }) => id === 'backlog') ?? groups[0]
    return group ? <PasteDialog text={open.text} group={group} close={close} /> : null
  }
  return <PickFor kind={open.kind} ids={open.ids} close={close} />
}

const PARTS = {
  points: PickPoints,
  priority: PickPriority,
  assignee: PickAssignee,
  labels: PickLabels,
  status: PickStatus,
  group: PickGroup,
} as const

type PickForProps = Readonly<{
  kind: Exclude<Open['kind'], 'paste' | 'sprint'>
  ids: readonly string[]
  close(): void
}>

const PickFor = ({ kind, ids, close }: PickForProps) => {
  const cards = useCards(ids)
  const [first] = cards
  if (first === undefined) return null
  if (kind === 'link') return <LinkDialog card={first} close={close} />
  const Part = PARTS[kind]
  return <Part cards={cards} close={close} />
}
