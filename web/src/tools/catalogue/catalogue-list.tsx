import { useRef, useState } from 'react'
import { useRead } from '../../live/use-read.ts'
import { firstLine, useWalk } from '../../shell/keyboard/use-walk.ts'
import { Coming } from '../../ui/state/coming.tsx'
import { SearchBox } from '../search.tsx'
import { EntryCard } from './entry-card.tsx'
import { type Entry, isEntries } from './views.ts'

/** Shows the entries of the ready catalogue, those we have seen work first. */
export const CatalogueList = ({ added }: Readonly<{ added(server: string): Promise<void> }>) => {
  const { data, trouble, again } = useRead('/tool-catalogue', isEntries)
  const [word, setWord] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  const box = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  useWalk('Catalogue', list, [
    { keys: ['/'], label: 'Search', run: () => box.current?.focus() },
    { keys: ['Escape'], label: 'Close', when: () => open !== null, run: () => setOpen(null) },
  ])
  const shown = data === null ? [] : sorted(data.items.filter((entry) => fits(entry, word)))
  return (
    <>
      <SearchBox
        ref={box}
        value={word}
        change={setWord}
        leave={() => firstLine(list.current)?.focus()}
        label="Search the catalogue"
      />
      {(data === null || trouble !== null) && (
        <Coming what="the catalogue" trouble={trouble} again={again} />
      )}
      {data !== null && shown.length === 0 && (
        <p className="text-list text-text-2">
          Nothing in the catalogue fits. A server that runs somewhere can be added by its address.
        </p>
      )}
      <ul ref={list} aria-label="Catalogue" className="grid gap-3">
        {shown.map((entry) => (
          <EntryCard
            key={entry.key}
            entry={entry}
            isOpen={open === entry.key}
            toggle={() => setOpen(open === entry.key ? null : entry.key)}
            added={added}
            goTo={(key) => {
              setWord('')
              setOpen(key)
            }}
          />
        ))}
      </ul>
    </>
  )
}

const fits = ({ key, title, about }: Entry, word: string): boolean =>
  `${key} ${title} ${about}`.toLowerCase().includes(word.trim().toLowerCase())

const ORDER = ['called', 'listed', 'unseen', 'broken', null] as const

const sorted = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted((a, b) => ORDER.indexOf(a.proof) - ORDER.indexOf(b.proof))
