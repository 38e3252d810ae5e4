import { CircleAlert, X } from 'lucide-react'
import type { Filter } from './accept.ts'
import type { Part } from './language.ts'

type FilterLineProps = Readonly<{
  q: string
  filter: Filter
  counts: Readonly<{ shown: number; total: number }>
  write(q: string): void
}>

/** Shows how a filter was understood, part by part, and how many cards it leaves. */
export const FilterLine = ({ q, filter, counts, write }: FilterLineProps) => {
  if (filter.parts.length === 0) return null
  const without = ({ from, end }: Part): string =>
    `${q.slice(0, from)}${q.slice(end)}`.replaceAll(/\s+/g, ' ').trim()
  return (
    <div className="flex flex-wrap items-center gap-1.5 px-3 pb-2 text-meta" role="status">
      <span className="text-text-2">
        {counts.shown} of {counts.total}
      </span>
      {filter.parts.map((part) =>
        part.problem === null ? (
          <Understood key={part.from} part={part} remove={() => write(without(part))} />
        ) : (
          <span
            key={part.from}
            className="inline-flex min-h-6 items-center gap-1 rounded-control bg-bad-soft px-1.5
              text-bad"
          >
            <CircleAlert className="size-3.5 shrink-0" aria-hidden="true" />
            <s>{part.text}</s> {part.problem}
          </span>
        ),
      )}
    </div>
  )
}

const Understood = ({ part, remove }: Readonly<{ part: Part; remove(): void }>) => {
  if (part.kind === 'unfinished') {
    return <span className="px-1.5 text-text-3">{part.text} goes on …</span>
  }
  const isText = part.kind === 'text'
  return (
    <button
      type="button"
      aria-label={`Take ${part.text} out of the filter`}
      data-part={part.kind}
      onClick={remove}
      className={`inline-flex h-6 max-w-60 items-center gap-1 rounded-control px-1.5
        hover:text-text ${isText ? 'bg-hover text-text-2' : 'bg-accent-soft text-accent'}`}
    >
      <span className="truncate" dir="auto">
        {isText ? `“${part.text}”` : part.text}
      </span>
      <X className="size-3 shrink-0" aria-hidden="true" />
    </button>
  )
}
