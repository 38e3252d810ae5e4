import { Search } from 'lucide-react'
import { type RefObject, useEffect, useState } from 'react'
import { whyOf } from '../live/own/why-of.ts'
import { useHall } from '../live/use-hall.ts'
import { Panel, PanelEmpty, PanelList } from '../ui/panel.tsx'
import { ToolLine } from './tool-line.tsx'
import { isFound, type Tool } from './views.ts'

type SearchBoxProps = Readonly<{
  ref: RefObject<HTMLInputElement | null>
  value: string
  change(text: string): void
  /** Goes on to what was found. */
  leave(): void
  label?: string
}>

const QUERY_CHARS_MAX = 200

/** Shows the box to search all tools with. */
export const SearchBox = (props: SearchBoxProps) => {
  const { ref, value, change, leave, label = 'Search tools' } = props
  return (
    <search className="relative block">
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-text-3"
      />
      <input
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={QUERY_CHARS_MAX}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => change(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            change('')
            event.currentTarget.blur()
          }
          if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault()
            leave()
          }
        }}
        className="h-9 w-full rounded-control border border-edge bg-surface pr-2.5 pl-8"
      />
    </search>
  )
}

type Found = Readonly<{ q: string; items: readonly Tool[] | null; trouble: string | null }>

/** Shows what a search finds. */
export const SearchResults = ({ q }: Readonly<{ q: string }>) => {
  const { items, trouble, q: asked } = useFound(q)
  return (
    <Panel
      title="Found"
      {...(items !== null && items.length > 0 && { about: 'The best eight, those you may use.' })}
      trouble={trouble}
    >
      {items?.length === 0 && (
        <PanelEmpty>{`No tool fits “${asked}”. Other words may find it.`}</PanelEmpty>
      )}
      {items !== null && items.length > 0 && (
        <PanelList label="Found tools">
          {items.map((tool) => (
            <ToolLine key={tool.name} tool={tool} />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}

const TYPING_MS = 150

/** Searches when the person pauses; an answer to an earlier question is dropped. */
const useFound = (q: string): Found => {
  const { api } = useHall()
  const [found, setFound] = useState<Found>({ q: '', items: null, trouble: null })
  useEffect(() => {
    let isOld = false
    const ask = async (): Promise<void> => {
      try {
        const { items } = await api.read(`/tools?q=${encodeURIComponent(q)}`, isFound)
        if (!isOld) setFound({ q, items, trouble: null })
      } catch (thrown) {
        const trouble = whyOf(thrown)
        if (!isOld) setFound({ q, items: null, trouble })
      }
    }
    const timer = setTimeout(() => void ask(), TYPING_MS)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [api, q])
  return found
}
