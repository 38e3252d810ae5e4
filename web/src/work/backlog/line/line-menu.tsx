import { Ellipsis } from 'lucide-react'
import type { Card } from '../../../../../src/work/contract.ts'
import { IconButton } from '../../../ui/button.tsx'
import { Menu, type MenuItem } from '../../../ui/over/menu.tsx'
import type { OpenerProps } from '../../../ui/over/popover.tsx'
import { type PickKind, useBacklog } from '../backlog-context.ts'

type LineMenuProps = Readonly<{ card: Card; tab: number }>

/** Shows everything that can be done with a line, beside its keys. */
export const LineMenu = ({ card, tab }: LineMenuProps) => {
  const { about, groups, place, show, write } = useBacklog()
  const { id, key } = card
  const ids = about(id)
  const own = groups.find((group) => group.ids.includes(id))
  const pick = (kind: PickKind) => () => show({ kind, ids })
  const items: readonly MenuItem[] = [
    { label: 'Move to a group', keys: 'm', run: pick('group') },
    { label: 'Move to a column', keys: 's', run: pick('status') },
    {
      label: 'To the top',
      isOff: own === undefined,
      run: () => own && place(ids, own, 0),
    },
    {
      label: 'To the bottom',
      isOff: own === undefined,
      run: () => own && place(ids, own, own.ids.length),
    },
    { label: 'Change the title', keys: 'F2', run: () => write(id, 'title') },
    { label: 'Estimate', keys: 't', run: () => write(id, 'points') },
    { label: 'Priority', keys: 'p', run: pick('priority') },
    { label: 'Assign', keys: 'a', run: pick('assignee') },
    { label: 'Labels', keys: 'l', run: pick('labels') },
    { label: 'Dependencies', keys: 'd', run: () => show({ kind: 'link', ids: [id] }) },
  ]
  return <Menu label={`Actions of ${key}`} align="end" items={items} button={opener(key, tab)} />
}

const opener = (key: string, tab: number) => (props: OpenerProps) => (
  <IconButton
    label={`Actions of ${key}`}
    tabIndex={tab}
    className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100
      aria-expanded:opacity-100 pointer-coarse:opacity-100"
    {...props}
  >
    <Ellipsis className="size-4" />
  </IconButton>
)
