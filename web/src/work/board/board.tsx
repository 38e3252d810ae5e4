import { useNavigate, useParams } from '@tanstack/react-router'
import { useDeferredValue, useMemo, useRef, useState } from 'react'
import type { Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { useKeys } from '../../shell/keys.ts'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { archiveChange } from './edit/archive.ts'
import { BulkBar } from './edit/bulk-bar.tsx'
import { assigneeChange, type ChoiceKind } from './edit/choices.ts'
import { cardKeys } from './edit/card-keys.ts'
import { BoardContext } from './board-context.ts'
import { boardKeys } from './board-keys.ts'
import { BoardNote } from './board-note.tsx'
import { Column } from './column.tsx'
import { CutLine } from './cut-line.tsx'
import { BoardDialogs, type Open } from './dialogs.tsx'
import { readFilter } from './filter/accept.ts'
import { FilterLine } from './filter/filter-line.tsx'
import { BoardHead } from './head/board-head.tsx'
import { LaneBoard } from './lane-board.tsx'
import { useLiveMoves } from './live-moves.ts'
import type { Shape } from './shape.ts'
import { useBoardSearch } from './use-board-search.ts'
import { useBoardView } from './use-board-view.ts'
import { useShape } from './use-shape.ts'

/** Shows a project's board. */
export const Board = ({ project }: Readonly<{ project: Project }>) => {
  const hall = useHall()
  const { key: openKey } = useParams({ strict: false })
  const navigate = useNavigate()
  const state = useBoardSearch()
  const { q, search, write, show } = state
  const written = useDeferredValue(q)
  const filter = useMemo(() => readFilter(written), [written])
  const shape = useShape({ project, search, filter })
  const [open, setOpen] = useState<Open | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const main = useRef<HTMLElement>(null)
  usePageTitle(`Board of ${project.name}`)
  useLiveMoves(main, project)
  const deeds = useBoardView({
    ...{ project, search, shape, openKey, set: show },
    openMove: () => pick('status'),
    openCreate: (column) => setOpen({ kind: 'create', column }),
  })
  const { view, targets, change } = deeds
  const pick = (what: ChoiceKind): void => {
    const cards = targets()
    if (cards.length > 0) setOpen({ kind: 'pick', what, cards })
  }
  const archive = (): void => {
    const cards = targets()
    view.chosen.set(new Set())
    if (cards.length > 0) change(cards, archiveChange)
  }
  const mine = (): void => {
    const handle = hall.me()?.handle
    if (handle !== undefined) change(targets(), assigneeChange(handle))
  }
  const back = (): void => {
    if (view.chosen.get().size > 0) return view.chosen.set(new Set())
    if (openKey === undefined) return write('')
    const to = { to: '/p/$project/board', params: { project: project.key }, search } as const
    navigate(to).catch(() => {})
    const card = hall.store.cards.byKey(openKey)
    if (card) view.focusOn(card.id)
  }
  useKeys('Board', [
    ...boardKeys({ hall, ...deeds }),
    ...cardKeys({
      ...{ mayMove: view.mayMove, targets, pick, mine, archive },
      peek: (card) => setOpen({ kind: 'peek', card }),
    }),
    { keys: ['/', 'f'], label: 'Filter cards', run: () => input.current?.focus() },
    { keys: ['F'], label: 'Clear the filter', when: () => q !== '', run: () => write('') },
    { keys: ['v'], label: 'Views of this board', run: () => setOpen({ kind: 'views' }) },
    { keys: ['Escape'], label: 'Choose none, close the task, clear the filter', run: back },
  ])
  return (
    <BoardContext value={view}>
      <main
        ref={main}
        className={`relative flex min-h-0 min-w-0 flex-1 flex-col
          ${openKey ? 'max-lg:hidden' : ''}`}
        aria-label={`Board of ${project.name}`}
      >
        <BoardHead
          {...{ project, state, input }}
          mayMove={view.mayMove}
          shown={() =>
            shape.columns.flatMap(({ ids }) => ids.flatMap((id) => hall.store.cards.get(id) ?? []))
          }
          openViews={() => setOpen({ kind: 'views' })}
          openCreate={() => view.openCreate()}
          leave={() => {
            const first = shape.columns.flatMap(({ ids }) => ids.slice(0, 1))[0]
            if (first !== undefined) view.focusOn(first)
          }}
        />
        <FilterLine q={q} filter={filter} counts={shape} write={write} />
        <CutLine project={project.key} />
        <BoardNote shape={shape} isFiltered={!filter.isEmpty} clear={() => write('')} />
        <Columns project={project} shape={shape} isHidden={search.empty === 'hidden'} />
        <BulkBar open={pick} archive={archive} />
      </main>
      <BoardDialogs
        {...{ project, open, search, show }}
        close={() => setOpen(null)}
        focusOn={view.focusOn}
        pick={(what, cards, wanted) => {
          const [card] = cards
          const to = card && wanted.shown(card).column
          // One card keeps its place among its new neighbours; many go as they are.
          if (what === 'status' && cards.length === 1 && card && to) {
            deeds.move(card.id, { column: to })
          } else change(cards, wanted)
          view.chosen.set(new Set())
        }}
      />
    </BoardContext>
  )
}

type ColumnsProps = Readonly<{ project: Project; shape: Shape; isHidden: boolean }>

const Columns = ({ project, shape, isHidden }: ColumnsProps) => {
  const columns = shape.columns.filter(({ ids }) => !isHidden || ids.length > 0)
  if (shape.lanes !== null) return <LaneBoard shape={{ ...shape, columns }} />
  return (
    <div
      className="flex min-h-0 flex-1 gap-3 overflow-x-auto px-3 pb-3 max-sm:snap-x
        max-sm:snap-mandatory"
    >
      {project.columns.map((column) => {
        const found = columns.find(({ name }) => name === column.name)
        return found && <Column key={column.name} column={column} shape={found} />
      })}
    </div>
  )
}
