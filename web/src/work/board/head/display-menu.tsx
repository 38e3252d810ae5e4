import { SlidersHorizontal } from 'lucide-react'
import { Button } from '../../../ui/button.tsx'
import { Select } from '../../../ui/form/select.tsx'
import { type OpenerProps, Popover } from '../../../ui/over/popover.tsx'
import type { Card } from '../../../../../src/work/contract.ts'
import { SaveList } from '../../transfer/save-list.tsx'
import { type BoardSearch, LANES, ORDERS } from '../board-search.ts'

const LANE_NAMES = {
  assignee: 'Who has it',
  priority: 'Priority',
  parent: 'Parent',
  label: 'Label',
  sprint: 'Sprint',
} as const

const ORDER_NAMES = { priority: 'Priority', newest: 'Newest first' } as const

type DisplayMenuProps = Readonly<{
  search: BoardSearch
  show(search: BoardSearch): void
  /** Names the board in files that are saved of it. */
  name: string
  cards(): readonly Card[]
}>

/** Asks how a board is laid out: lanes, order, empty columns, size of cards. */
export const DisplayMenu = ({ search, show, name, cards }: DisplayMenuProps) => {
  const { lanes, sort, empty, size, closed: _, ...rest } = search
  const all = { ...rest, lanes, sort, empty, size }
  const set = (change: Loose): void => show(given({ ...all, ...change }))
  return (
    <Popover label="Display" align="end" className="w-60 p-3" button={opener}>
      {(close) => (
        <div className="grid gap-3">
          <Select
            label="Lanes"
            value={lanes ?? ''}
            options={[
              { value: '', name: 'None' },
              ...LANES.map((value) => ({ value, name: LANE_NAMES[value] })),
            ]}
            change={(value) => set({ lanes: LANES.find((one) => one === value) })}
          />
          <Select
            label="Order"
            value={sort ?? ''}
            options={[
              { value: '', name: 'Rank' },
              ...ORDERS.map((value) => ({ value, name: ORDER_NAMES[value] })),
            ]}
            change={(value) => set({ sort: ORDERS.find((one) => one === value) })}
          />
          <Select
            label="Empty columns"
            value={empty ?? ''}
            options={[
              { value: '', name: 'Shown' },
              { value: 'hidden', name: 'Hidden' },
            ]}
            change={(value) => set({ empty: value === 'hidden' ? value : undefined })}
          />
          <Select
            label="Cards"
            value={size ?? ''}
            options={[
              { value: '', name: 'Comfortable' },
              { value: 'compact', name: 'Compact' },
            ]}
            change={(value) => set({ size: value === 'compact' ? value : undefined })}
          />
          <div className="border-t border-line pt-3">
            <SaveList name={name} cards={cards} saved={close} />
          </div>
        </div>
      )}
    </Popover>
  )
}

const opener = (props: OpenerProps) => (
  <Button look="quiet" aria-label="Display" title="Display" {...props}>
    <SlidersHorizontal className="size-4" />
    <span className="max-xl:hidden">Display</span>
  </Button>
)

type Loose = { readonly [Name in keyof BoardSearch]?: BoardSearch[Name] | undefined }

const given = ({ q, lanes, sort, empty, size }: Loose): BoardSearch => ({
  ...(q !== undefined && { q }),
  ...(lanes !== undefined && { lanes }),
  ...(sort !== undefined && { sort }),
  ...(empty !== undefined && { empty }),
  ...(size !== undefined && { size }),
})
