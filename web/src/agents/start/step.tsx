import { Check, ChevronDown } from 'lucide-react'
import { type ReactNode, useId } from 'react'

type StepProps = Readonly<{
  number: number
  title: string
  isDone?: boolean
  isOpen?: boolean
  /** What has come of it, or why it may be left out. */
  summary?: ReactNode
  /** Opens it; not given: there is nothing to do in it. */
  open?: () => void
  children?: ReactNode
}>

/** Shows one step of setting up: what it is, what came of it, and what to do in it while open. */
export const Step = (props: StepProps) => {
  const { number, title, isDone = false, isOpen = false, summary, open, children } = props
  const id = useId()
  const head = (
    <>
      <span
        className={`flex size-5 shrink-0 items-center justify-center rounded-full text-meta
          font-medium ${isDone ? 'bg-ok-soft text-ok' : 'border border-edge text-text-2'}`}
      >
        {isDone ? (
          <Check className="size-3.5" aria-label="Done" />
        ) : (
          <span aria-hidden="true">{number}</span>
        )}
      </span>
      <span className="shrink-0 font-medium">{title}</span>
    </>
  )
  const row = 'flex min-h-12 w-full items-center gap-3 px-4 text-left'
  return (
    <li className="rounded-card border border-line bg-surface">
      {open === undefined || isOpen ? (
        <div className={row}>
          <h2 className="flex items-center gap-3">{head}</h2>
          <Summary>{summary}</Summary>
        </div>
      ) : (
        <h2>
          <button
            type="button"
            aria-expanded={false}
            aria-describedby={id}
            onClick={open}
            className={`${row} rounded-card hover:bg-hover`}
          >
            {head}
            <Summary id={id}>{summary}</Summary>
            <ChevronDown className="size-4 shrink-0 text-text-3" aria-hidden="true" />
          </button>
        </h2>
      )}
      {isOpen && <div className="border-t border-line p-4">{children}</div>}
    </li>
  )
}

const Summary = ({ id, children }: Readonly<{ id?: string; children: ReactNode }>) => (
  <span id={id} className="min-w-0 flex-1 truncate text-right text-list font-normal text-text-2">
    {children}
  </span>
)
