import { type KeyboardEvent, useRef } from 'react'
import type { Card } from '../../../src/work/contract.ts'
import type { Project } from '../live/hall.ts'
import { Dialog } from '../ui/dialog.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'

type MoveDialogProps = Readonly<{
  card: Card
  project: Project
  close(): void
  move(column: string): void
}>

/** Asks where a card goes: arrows or the number of a column choose. */
export const MoveDialog = ({ card, project, close, move }: MoveDialogProps) => {
  const list = useRef<HTMLUListElement>(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
    const here = buttons.findIndex((button) => button === document.activeElement)
    const step = STEPS[event.key]
    const chosen = /^[1-9]$/.test(event.key) ? project.columns[Number(event.key) - 1] : undefined
    if (step === undefined && chosen === undefined) return
    event.preventDefault()
    if (chosen) move(chosen.name)
    else buttons.at((here + (step ?? 0)) % buttons.length)?.focus()
  }
  const others = project.columns.map(({ name }) => name).filter((name) => name !== card.column)
  return (
    <Dialog title={`Move ${card.key} to`} close={close}>
      <ul ref={list} onKeyDown={onKeyDown} className="grid gap-0.5 p-2">
        {project.columns.map(({ name, category }, index) => (
          <li key={name}>
            <button
              type="button"
              data-first={name === others[0]}
              aria-current={name === card.column}
              onClick={() => move(name)}
              className="flex h-9 w-full items-center gap-2.5 rounded-control px-2.5 text-left
                hover:bg-hover focus-visible:bg-hover"
            >
              <StateGlyph category={category} />
              <span className="min-w-0 flex-1 truncate">{name}</span>
              {name === card.column && <span className="text-meta text-text-3">is here</span>}
              {index < 9 && <span className="text-meta text-text-3">{index + 1}</span>}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }
