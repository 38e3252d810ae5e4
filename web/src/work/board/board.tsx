import { useNavigate, useParams } from '@tanstack/react-router'
import { Plus, Search, X } from 'lucide-react'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Hall, Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { useKeys } from '../../shell/keys.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import type { BoardView } from './board-context.ts'
import { BoardContext, matches } from './board-context.ts'
import { BoardNote } from './board-note.tsx'
import { boardKeys } from './board-keys.ts'
import { Column } from './column.tsx'
import { CutLine } from './cut-line.tsx'
import { CreateTask } from './create-task.tsx'
import { MoveDialog } from '../move-dialog.tsx'
import { dropGoal, moveTask } from '../moves.ts'

type Open =
  | Readonly<{ kind: 'move'; id: string }>
  | Readonly<{ kind: 'create'; column: string | undefined }>

/** Shows a project's board. */
export const Board = ({ project }: Readonly<{ project: Project }>) => {
  const hall = useHall()
  const { key: openKey } = useParams({ strict: false })
  const [filter, setFilter] = useState('')
  const [focus, setFocus] = useState(() => firstFocus(hall, openKey))
  const [open, setOpen] = useState<Open | null>(null)
  const search = useRef<HTMLInputElement>(null)
  const mayMove = hall.may('task:write', project.key)
  const focusOn = useCallback((id: string) => setFocus(({ tick }) => ({ id, tick: tick + 1 })), [])
  const noteFocus = useCallback(
    (id: string) => setFocus((old) => (old.id === id ? old : { ...old, id })),
    [],
  )
  const move = useCallback(
    async (id: string, goal: Parameters<typeof moveTask>[1]['goal']) => {
      const card = hall.store.cards.get(id)
      if (!card) return
      const moved = moveTask(hall, { card, goal, project })
      // The card stands in its new column at once, and the focus goes with it.
      hall.topics.flush()
      focusOn(id)
      await moved
    },
    [hall, project, focusOn],
  )
  const view = useMemo(
    (): BoardView => ({
      project,
      mayMove,
      filter,
      focus,
      focusOn,
      noteFocus,
      openMove: (id) => setOpen({ kind: 'move', id }),
      openCreate: (column) => setOpen({ kind: 'create', column }),
      drop(id, column, index) {
        const { cards } = hall.store
        const ids = cards.column(project.key, column)
        const shown = ids.filter((one) => matches(cards.get(one), filter))
        const goal = dropGoal(hall, shown, { id, column, index })
        if (goal) move(id, goal).catch(() => {})
      },
    }),
    [project, mayMove, filter, focus, focusOn, noteFocus, hall, move],
  )
  const navigate = useNavigate()
  useKeys('Board', [
    ...boardKeys({
      hall,
      view,
      move(id, goal) {
        move(id, goal).catch(() => {})
      },
    }),
    { keys: ['/'], label: 'Filter cards', run: () => search.current?.focus() },
    {
      keys: ['Escape'],
      label: 'Close the task, clear the filter',
      run() {
        if (openKey === undefined) return setFilter('')
        const to = { to: '/p/$project/board', params: { project: project.key } } as const
        navigate(to).catch(() => {})
        const card = hall.store.cards.byKey(openKey)
        if (card) focusOn(card.id)
      },
    },
  ])
  const close = (): void => setOpen(null)
  const moving = open?.kind === 'move' ? hall.store.cards.get(open.id) : undefined
  return (
    <BoardContext value={view}>
      <main
        className={`flex min-h-0 min-w-0 flex-1 flex-col ${openKey ? 'max-lg:hidden' : ''}`}
        aria-label={`Board of ${project.name}`}
      >
        <header className="flex h-12 shrink-0 items-center gap-3 px-3 max-lg:mt-1">
          <h1 className="truncate text-title font-semibold max-lg:hidden">{project.name}</h1>
          {project.name !== project.key && (
            <span className="text-list text-text-3 max-lg:hidden">{project.key}</span>
          )}
          <div className="relative ml-auto max-lg:ml-0 max-lg:flex-1">
            <Search className="absolute top-2 left-2 size-4 text-text-3" aria-hidden="true" />
            <input
              ref={search}
              type="search"
              aria-label="Filter cards"
              placeholder="Filter"
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return
                setFilter('')
                event.currentTarget.blur()
              }}
              className="h-8 w-52 rounded-control border border-line bg-surface pr-7 pl-8 text-list
                max-lg:w-full [&::-webkit-search-cancel-button]:hidden"
            />
            {filter !== '' && (
              <IconButton
                label="Clear filter"
                className="absolute top-0.5 right-0.5"
                onClick={() => setFilter('')}
              >
                <X className="size-3.5" />
              </IconButton>
            )}
          </div>
          {mayMove && (
            <Button look="filled" onClick={() => view.openCreate()} title="New task (C)">
              <Plus className="size-4" /> New task
            </Button>
          )}
        </header>
        <CutLine project={project.key} />
        <BoardNote clear={() => setFilter('')} />
        <div
          className="flex min-h-0 flex-1 gap-3 overflow-x-auto px-3 pb-3 max-sm:snap-x
            max-sm:snap-mandatory"
        >
          {project.columns.map((column) => (
            <Column key={column.name} column={column} />
          ))}
        </div>
      </main>
      {moving && (
        <MoveDialog
          card={moving}
          project={project}
          close={close}
          move={(column) => {
            close()
            move(moving.id, { column }).catch(() => {})
          }}
        />
      )}
      {open?.kind === 'create' && (
        <CreateTask
          project={project}
          column={open.column}
          close={close}
          made={(key) => {
            close()
            const card = hall.store.cards.byKey(key)
            if (card) focusOn(card.id)
          }}
        />
      )}
    </BoardContext>
  )
}

// A task that was opened by its address is brought into sight on the board beside it.
const firstFocus = ({ store }: Hall, openKey: string | undefined): BoardView['focus'] => {
  const id = openKey === undefined ? undefined : store.cards.byKey(openKey)?.id
  return id === undefined ? { id: null, tick: 0 } : { id, tick: 1 }
}
