import { Bookmark, Plus } from 'lucide-react'
import type { RefObject } from 'react'
import type { Card } from '../../../../../src/work/contract.ts'
import type { Project } from '../../../live/hall.ts'
import { Button } from '../../../ui/button.tsx'
import type { BoardState } from '../use-board-search.ts'
import { FilterBox } from '../filter/filter-box.tsx'
import { DisplayMenu } from './display-menu.tsx'

type BoardHeadProps = Readonly<{
  project: Project
  state: BoardState
  input: RefObject<HTMLInputElement | null>
  mayMove: boolean
  /** Gives the cards that are shown, column by column. */
  shown(): readonly Card[]
  openViews(): void
  openCreate(): void
  /** Goes from the filter to the cards. */
  leave(): void
}>

/** Shows the name of a board, its filter, and how it can be looked at. */
export const BoardHead = (props: BoardHeadProps) => {
  const { project, state, input, mayMove, shown, openViews, openCreate, leave } = props
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 px-3 max-lg:mt-1">
      <h1 className="truncate text-title font-semibold max-lg:hidden" dir="auto">
        {project.name}
      </h1>
      {project.name !== project.key && (
        <span className="text-list text-text-3 max-lg:hidden">{project.key}</span>
      )}
      <div className="ml-auto flex min-w-0 items-center gap-1 max-lg:ml-0 max-lg:flex-1">
        <FilterBox project={project} q={state.q} write={state.write} input={input} leave={leave} />
        <DisplayMenu
          search={state.search}
          show={state.show}
          name={`${project.key}-board`}
          cards={shown}
        />
        <Button
          look="quiet"
          onClick={openViews}
          aria-label="Views"
          aria-haspopup="dialog"
          title="Views (V)"
        >
          <Bookmark className="size-4" />
          <span className="max-xl:hidden">Views</span>
        </Button>
      </div>
      {mayMove && (
        <Button look="filled" onClick={openCreate} title="New task (C)">
          <Plus className="size-4" /> <span className="max-sm:sr-only">New task</span>
        </Button>
      )}
    </header>
  )
}
