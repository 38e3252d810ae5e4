import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import type { Task } from '../../../../../src/work/contract.ts'
import { IconButton } from '../../../ui/button.tsx'
import { StateGlyph } from '../../../ui/state-glyph.tsx'

type Row = Pick<Task['links'][number], 'key' | 'title' | 'category'>

type TaskRowsProps<T> = Readonly<{
  rows: readonly T[]
  /** Takes one away from the list; left out where nobody may. */
  remove?: ((row: T) => void) | undefined
}>

/** Shows other tasks, one to a line. */
export const TaskRows = <T extends Row>({ rows, remove }: TaskRowsProps<T>) => (
  <ul className="-mx-2">
    {rows.map((row) => (
      <li key={row.key} className="flex items-center rounded-control hover:bg-hover">
        <Link
          to="/t/$key"
          params={{ key: row.key }}
          search
          className="flex h-7 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-list"
        >
          <StateGlyph category={row.category} />
          <span className="shrink-0 text-text-3">{row.key}</span>
          <span className="truncate" dir="auto">
            {row.title}
          </span>
        </Link>
        {remove !== undefined && (
          <IconButton label={`Take the tie to ${row.key} away`} onClick={() => remove(row)}>
            <X className="size-3.5" />
          </IconButton>
        )}
      </li>
    ))}
  </ul>
)
