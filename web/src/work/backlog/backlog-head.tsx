import { Link } from '@tanstack/react-router'
import { CalendarPlus, Download, Plus, Search, X } from 'lucide-react'
import type { RefObject } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { type OpenerProps, Popover } from '../../ui/over/popover.tsx'
import { SaveList } from '../transfer/save-list.tsx'
import { readFilter } from '../board/filter/accept.ts'
import { useBacklog } from './backlog-context.ts'
import { type BacklogSearch, CAPACITY_MAX, capacityOf } from './backlog-search.ts'

type BacklogHeadProps = Readonly<{
  field: RefObject<HTMLInputElement | null>
  search: BacklogSearch
  change(search: BacklogSearch): void
}>

const LINK =
  'inline-flex h-8 items-center rounded-control px-2 text-list text-text-2 hover:bg-hover ' +
  'hover:text-text lg:hidden'

/** Shows the filter of a backlog, what a sprint is planned for, and how tasks come in. */
export const BacklogHead = ({ field, search, change }: BacklogHeadProps) => {
  const { project, groups, mayWrite, show } = useBacklog()
  const hall = useHall()
  const hasSprint = groups.some(({ place }) => place.kind === 'sprint')
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 px-3 py-2">
      <h1 className="truncate text-title font-semibold">Backlog</h1>
      <Link to="/p/$project/ready" params={{ project: project.key }} className={`ml-2 ${LINK}`}>
        Ready
      </Link>
      <Link to="/p/$project/sprint" params={{ project: project.key }} className={LINK}>
        Sprints
      </Link>
      <Filter field={field} search={search} change={change} />
      <Save />
      {hasSprint && <Capacity search={search} change={change} />}
      {hall.may('sprint:write', project.key) && (
        <Button onClick={() => show({ kind: 'sprint' })}>
          <CalendarPlus className="size-4" /> Plan a sprint
        </Button>
      )}
      {mayWrite && (
        <Button
          look="filled"
          title="New tasks (C), or paste a list"
          onClick={() => show({ kind: 'paste', text: '', group: null })}
        >
          <Plus className="size-4" /> New tasks
        </Button>
      )}
    </header>
  )
}

const Save = () => {
  const { project, groups } = useBacklog()
  const hall = useHall()
  const cards = () =>
    groups.flatMap(({ ids }) => ids.flatMap((id) => hall.store.cards.get(id) ?? []))
  return (
    <Popover label="Save the list" align="end" button={saveButton}>
      {(close) => <SaveList name={`${project.key}-backlog`} cards={cards} saved={close} />}
    </Popover>
  )
}

const saveButton = (props: OpenerProps) => (
  <IconButton label="Save the list" className="size-8!" {...props}>
    <Download className="size-4" />
  </IconButton>
)

const Filter = ({ field, search, change }: BacklogHeadProps) => {
  const { q = '', ...rest } = search
  const set = (text: string): void => change({ ...rest, ...(text !== '' && { q: text }) })
  const problem = readFilter(q).parts.find((part) => part.problem !== null)?.problem ?? null
  return (
    <div className="relative ml-auto max-sm:order-last max-sm:ml-0 max-sm:w-full">
      <Search className="absolute top-2 left-2 size-4 text-text-3" aria-hidden="true" />
      <input
        ref={field}
        type="search"
        aria-label="Filter tasks"
        aria-invalid={problem !== null}
        title={problem ?? undefined}
        placeholder="Filter: words, @who, label:…"
        value={q}
        onChange={(event) => set(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          set('')
          event.currentTarget.blur()
        }}
        className="h-8 w-60 rounded-control border border-line bg-surface pr-7 pl-8 text-list
          aria-invalid:border-bad max-sm:w-full [&::-webkit-search-cancel-button]:hidden"
      />
      {q !== '' && (
        <IconButton
          label="Clear filter"
          className="absolute top-0.5 right-0.5"
          onClick={() => set('')}
        >
          <X className="size-3.5" />
        </IconButton>
      )}
    </div>
  )
}

const Capacity = ({ search, change }: Omit<BacklogHeadProps, 'field'>) => {
  const { capacity } = useBacklog()
  const { capacity: given, ...rest } = search
  const about = capacity.isGiven
    ? 'Points that a sprint is planned for'
    : 'Points that a sprint is planned for: the mean of the last three'
  const set = (text: string): void => {
    const wanted = capacityOf(text)
    change({ ...rest, ...(wanted !== undefined && { capacity: wanted }) })
  }
  return (
    <label className="flex items-center gap-1.5 text-list text-text-2" title={about}>
      Capacity
      <input
        type="number"
        min={1}
        max={CAPACITY_MAX}
        value={given ?? ''}
        placeholder={capacity.isGiven || capacity.points === null ? '' : String(capacity.points)}
        onChange={(event) => set(event.target.value)}
        className="h-8 w-16 rounded-control border border-line bg-surface px-2 text-list"
      />
    </label>
  )
}
