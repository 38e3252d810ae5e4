import { Link } from '@tanstack/react-router'
import type { Task } from '../../../../src/work/contract.ts'
import type { Reason } from '../../live/details.ts'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { Section } from './task-section.tsx'

type Row = Pick<Task['links'][number], 'key' | 'title' | 'category'>
type Edge = Task['links'][number]

const GROUPS: readonly Readonly<{ title: string; has(edge: Edge): boolean }>[] = [
  { title: 'Waits for', has: ({ kind, direction }) => kind === 'blocks' && direction === 'out' },
  { title: 'Blocks', has: ({ kind, direction }) => kind === 'blocks' && direction === 'in' },
  { title: 'Related', has: ({ kind }) => kind === 'relates' },
  {
    title: 'Found while working on',
    has: ({ kind, direction }) => kind === 'discovered_from' && direction === 'out',
  },
  {
    title: 'Led to',
    has: ({ kind, direction }) => kind === 'discovered_from' && direction === 'in',
  },
  { title: 'Duplicates', has: ({ kind }) => kind === 'duplicates' },
  { title: 'Supersedes', has: ({ kind }) => kind === 'supersedes' },
]

/** Shows what a task depends on and what depends on it. */
export const Links = ({ task }: Readonly<{ task: Task }>) => {
  if (task.links.length === 0) return null
  return (
    <Section title="Dependencies">
      <div className="grid gap-3">
        {GROUPS.map(({ title, has }) => {
          const links = task.links.filter(has)
          if (links.length === 0) return null
          return (
            <div key={title}>
              <h3 className="mb-1 text-meta text-text-3">{title}</h3>
              <TaskRows rows={links} />
            </div>
          )
        })}
      </div>
    </Section>
  )
}

/** Shows the subtasks of a task. */
export const Subtasks = ({ task }: Readonly<{ task: Task }>) => {
  if (task.children.length === 0) return null
  const done = task.children.filter(({ category }) => category === 'completed').length
  return (
    <Section title={`Subtasks, ${done} of ${task.children.length} done`}>
      <TaskRows rows={task.children} />
    </Section>
  )
}

const TaskRows = ({ rows }: Readonly<{ rows: readonly Row[] }>) => (
  <ul className="-mx-2">
    {rows.map(({ key, title, category }) => (
      <li key={key}>
        <Link
          to="/t/$key"
          params={{ key }}
          className="flex h-7 items-center gap-2 rounded-control px-2 text-list hover:bg-hover"
        >
          <StateGlyph category={category} />
          <span className="shrink-0 text-text-3">{key}</span>
          <span className="truncate" dir="auto">
            {title}
          </span>
        </Link>
      </li>
    ))}
  </ul>
)

type ReasonsProps = Readonly<{ task: Task; reasons: readonly Reason[] }>

/** Shows why an open task cannot be claimed now, where that is not plain to see already. */
export const Reasons = ({ task, reasons }: ReasonsProps) => {
  const isOpen = task.category !== 'completed' && task.category !== 'canceled'
  const shown = reasons.filter(({ code }) => code !== 'claimed')
  if (!isOpen || task.holder !== null || shown.length === 0) return null
  return (
    <section className="mt-4 rounded-card border border-line bg-sunken px-3 py-2 text-list">
      <h2 className="font-medium">Cannot be claimed now</h2>
      <ul className="mt-1 grid gap-0.5 text-text-2">
        {shown.map(({ code, text }) => (
          <li key={`${code} ${text}`}>{text}</li>
        ))}
      </ul>
    </section>
  )
}
