import { Search, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { flushSync } from 'react-dom'
import { useHall } from '../../../live/use-hall.ts'
import type { Project } from '../../../live/hall.ts'
import { IconButton } from '../../../ui/button.tsx'
import { useBoard } from '../board-context.ts'
import { filterFacts } from './facts.ts'
import { complete, suggest, type Suggestion, type Suggestions } from './suggest.ts'

type FilterBoxProps = Readonly<{
  project: Project
  q: string
  write(q: string): void
  input: RefObject<HTMLInputElement | null>
  /** Goes on to the cards. */
  leave(): void
}>

const NOTHING: Suggestions = { from: 0, end: 0, items: [] }

/** Asks which cards to show, in the language of the hub's search; tells how to go on. */
export const FilterBox = ({ project, q, write, input, leave }: FilterBoxProps) => {
  const hall = useHall()
  // Who writes is not called away to a card that comes later.
  const { cursor, granted } = useBoard()
  const listId = useId()
  const [found, setFound] = useState(NOTHING)
  const [at, setAt] = useState(-1)
  const look = (text: string, caret: number): void => {
    setFound(suggest(text, caret, filterFacts(hall, project)))
    setAt(-1)
  }
  const close = (): void => {
    setFound(NOTHING)
    setAt(-1)
  }
  const take = (item: Suggestion): void => {
    const next = complete(q, found, item)
    // At once: a key that is pressed before the next frame belongs behind what was taken.
    flushSync(() => {
      write(next.q)
      look(next.q, next.caret)
    })
    input.current?.setSelectionRange(next.caret, next.caret)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const step = STEPS[event.key]
    const count = found.items.length
    const active = found.items[at]
    if (step !== undefined && count > 0)
      setAt((at + step + (at < 0 && step < 0 ? 1 : 0) + count) % count)
    else if (event.key === 'Enter' && active) take(active)
    else if (event.key === 'Tab' && active) take(active)
    else if (event.key === 'Enter') {
      close()
      leave()
    } else if (event.key === 'Escape') {
      if (active) return close()
      close()
      write('')
      event.currentTarget.blur()
    } else return
    event.preventDefault()
  }
  return (
    <div className="relative w-72 min-w-0 max-lg:flex-1">
      <Search className="absolute top-2 left-2 size-4 text-text-3" aria-hidden="true" />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Filter cards"
        aria-expanded={found.items.length > 0}
        aria-controls={listId}
        aria-activedescendant={at < 0 ? undefined : `${listId}-${at}`}
        aria-autocomplete="list"
        placeholder="Filter (/)"
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        value={q}
        onFocus={(event) => {
          granted.focus.set(cursor.get().tick)
          look(q, event.target.selectionStart ?? q.length)
        }}
        onBlur={close}
        onChange={({ target }) => {
          write(target.value)
          look(target.value, target.selectionStart ?? target.value.length)
        }}
        onKeyDown={onKeyDown}
        className="h-8 w-full rounded-control border border-line bg-surface pr-7 pl-8 text-list
          [&::-webkit-search-cancel-button]:hidden"
      />
      {q !== '' && (
        <IconButton
          label="Clear filter"
          className="absolute top-0.5 right-0.5"
          onClick={() => write('')}
        >
          <X className="size-3.5" />
        </IconButton>
      )}
      <ul
        id={listId}
        role="listbox"
        aria-label="Ways to go on"
        hidden={found.items.length === 0}
        className="absolute top-9 right-0 left-0 z-20 max-h-72 overflow-y-auto rounded-card border
          border-line bg-raised p-1 shadow-popover"
      >
        {found.items.map((item, index) => (
          <li
            key={item.text}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            // The field keeps the focus: a press must not take it away before the click.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(item)}
            className="flex min-h-7 cursor-pointer items-center gap-2 rounded-control px-2 text-list
              hover:bg-hover aria-selected:bg-hover"
          >
            <span className="shrink-0" dir="auto">
              {item.text}
            </span>
            <span className="truncate text-meta text-text-3">{item.about}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }
