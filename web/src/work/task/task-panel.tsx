import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, X } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import type { Task } from '../../../../src/work/contract.ts'
import { projectOf } from '../../live/cards.ts'
import type { Detail } from '../../live/details.ts'
import { useDetail, useHall } from '../../live/use-hall.ts'
import { RichText } from '../../ui/rich-text.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { Attempts } from './task-attempts.tsx'
import { Comments } from './task-comments.tsx'
import { TaskActions } from './task-actions.tsx'
import { TaskFacts } from './task-facts.tsx'
import { History } from './task-history.tsx'
import { Links, Reasons, Subtasks } from './task-links.tsx'
import { Section } from './task-section.tsx'

/** Shows the task in the address, kept fresh. */
export const TaskPanel = () => {
  const { key = '' } = useParams({ strict: false })
  const { details } = useHall()
  const detail = useDetail(key)
  useEffect(() => details.watch(key), [details, key])
  return (
    <aside
      aria-label={`Task ${key}`}
      className="flex min-h-0 w-[30rem] shrink-0 flex-col border-l border-line bg-surface
        max-lg:w-full
        max-lg:border-l-0"
    >
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4">
        <CloseLink project={projectOf(key)} className="-ml-1.5 lg:hidden" label="Back to the board">
          <ArrowLeft className="size-4" />
        </CloseLink>
        {detail?.task && <StateGlyph category={detail.task.category} />}
        <span className="text-list text-text-2">{key}</span>
        {detail?.task && <span className="text-list text-text-3">{detail.task.column}</span>}
        <CloseLink
          project={projectOf(key)}
          className="-mr-1.5 ml-auto max-lg:hidden"
          label="Close (Esc)"
        >
          <X className="size-4" />
        </CloseLink>
      </header>
      {detail?.trouble && (
        <p role="alert" className="p-4 text-text-2">
          {detail.trouble}
        </p>
      )}
      {detail?.task && <Body key={detail.task.key} task={detail.task} detail={detail} />}
    </aside>
  )
}

type CloseLinkProps = Readonly<{
  project: string
  label: string
  className: string
  children: ReactNode
}>

const CloseLink = ({ project, label, className, children }: CloseLinkProps) => (
  <Link
    to="/p/$project/board"
    params={{ project }}
    aria-label={label}
    title={label}
    className={`inline-flex size-7 items-center justify-center rounded-control text-text-3
      hover:bg-hover hover:text-text ${className}`}
  >
    {children}
  </Link>
)

const Body = ({ task, detail }: Readonly<{ task: Task; detail: Detail }>) => (
  <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8">
    <h1 className="mt-4 text-title font-semibold break-words" dir="auto">
      {task.title}
    </h1>
    <TaskActions task={task} />
    <TaskFacts task={task} />
    <Reasons task={task} reasons={detail.reasons} />
    {task.body.trim() !== '' && (
      <Section title="Description">
        <RichText text={task.body} />
      </Section>
    )}
    {task.accept.length > 0 && <Acceptance accept={task.accept} />}
    <Subtasks task={task} />
    <Links task={task} />
    <Attempts attempts={detail.attempts} />
    <Comments task={task} comments={detail.comments} />
    <History events={detail.events} />
  </div>
)

const Acceptance = ({ accept }: Readonly<{ accept: Task['accept'] }>) => (
  <Section title="Acceptance">
    <ul className="grid gap-1.5">
      {accept.map(({ text, done }, index) => (
        <li key={`${index} ${text}`} className="flex gap-2">
          <span className="pt-[3px]">
            <StateGlyph category={done ? 'completed' : 'unstarted'} />
          </span>
          <span className="min-w-0 break-words" dir="auto">
            {text}
          </span>
        </li>
      ))}
    </ul>
  </Section>
)
