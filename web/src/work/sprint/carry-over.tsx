import { useState } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import { Button } from '../../ui/button.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import type { Way } from './closing.ts'

type CarryOverProps = Readonly<{
  tasks: readonly Card[]
  /** The number of the next sprint, where one is planned. */
  next: number | null
  wayOf(key: string): Way
  set(keys: readonly string[], way: Way): void
}>

/** Asks of each open task whether it goes on or back; several at once. */
export const CarryOver = ({ tasks, next, wayOf, set }: CarryOverProps) => {
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const keys = tasks.map(({ key }) => key)
  const meant = marked.size === 0 ? keys : keys.filter((key) => marked.has(key))
  const onward = next === null ? 'Next sprint' : `Sprint ${next}`
  const mark = (key: string, isMarked: boolean): void =>
    setMarked((old) => {
      const now = new Set(old)
      if (isMarked) now.add(key)
      else now.delete(key)
      return now
    })
  const put = (way: Way) => () => {
    set(meant, way)
    setMarked(new Set())
  }
  const who = marked.size === 0 ? 'All' : `${marked.size}`
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">Open tasks</legend>
      <div className="flex flex-wrap items-center gap-2 pb-2">
        <Button onClick={put('next')}>{`${who} to ${onward.toLowerCase()}`}</Button>
        <Button onClick={put('backlog')}>{`${who} to the backlog`}</Button>
      </div>
      <ul
        aria-label="Open tasks"
        className="max-h-80 divide-y divide-line overflow-y-auto rounded-card border border-line
          bg-surface"
      >
        {tasks.map(({ key, title, category, points }) => (
          <li key={key} className="flex items-center gap-2 px-2 py-1 text-list" data-task={key}>
            <input
              type="checkbox"
              aria-label={`Choose ${key}`}
              checked={marked.has(key)}
              onChange={({ target }) => mark(key, target.checked)}
              className="size-4 shrink-0 accent-accent"
            />
            <StateGlyph category={category} />
            <span className="min-w-0 flex-1">
              <span className="block truncate" dir="auto">
                <span className="text-text-3">{key}</span> {title}
              </span>
            </span>
            {points !== null && <span className="text-meta text-text-2">{points}p</span>}
            <select
              aria-label={`Where ${key} goes`}
              value={wayOf(key)}
              onChange={({ target }) => set([key], target.value === 'next' ? 'next' : 'backlog')}
              className="h-7 shrink-0 rounded-control border border-edge bg-surface px-1.5"
            >
              <option value="next">{onward}</option>
              <option value="backlog">Backlog</option>
            </select>
          </li>
        ))}
      </ul>
    </fieldset>
  )
}
