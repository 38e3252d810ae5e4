import type { Card } from '../../../src/work/contract.ts'

type Category = Card['category']

const WORDS: Record<Category, string> = {
  triage: 'Triage',
  backlog: 'Backlog',
  unstarted: 'Not started',
  started: 'Started',
  completed: 'Completed',
  canceled: 'Canceled',
}

const HUES: Record<Category, string> = {
  triage: 'text-text-3',
  backlog: 'text-text-3',
  unstarted: 'text-text-2',
  started: 'text-run',
  completed: 'text-ok',
  canceled: 'text-text-3',
}

/** Shows what kind of state a column stands for. */
export const StateGlyph = ({ category }: Readonly<{ category: Category }>) => (
  <svg
    viewBox="0 0 14 14"
    className={`size-3.5 shrink-0 ${HUES[category]}`}
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    role="img"
    aria-label={WORDS[category]}
  >
    <Shape category={category} />
  </svg>
)

const Shape = ({ category }: Readonly<{ category: Category }>) => {
  switch (category) {
    case 'triage':
      return <circle cx="7" cy="7" r="5.25" strokeDasharray="2.6 2.9" />
    case 'backlog':
      return <circle cx="7" cy="7" r="5.25" strokeDasharray="0.1 2.65" />
    case 'unstarted':
      return <circle cx="7" cy="7" r="5.25" />
    case 'started':
      return (
        <>
          <circle cx="7" cy="7" r="5.25" />
          <path d="M7 4.1a2.9 2.9 0 0 1 0 5.8Z" fill="currentColor" stroke="none" />
        </>
      )
    case 'completed':
      return (
        <>
          <circle cx="7" cy="7" r="6" fill="currentColor" stroke="none" />
          <path d="m4.5 7.2 1.8 1.8 3.3-3.7" className="stroke-surface" />
        </>
      )
    default:
      return (
        <>
          <circle cx="7" cy="7" r="5.25" />
          <path d="m5.2 5.2 3.6 3.6m0-3.6L5.2 8.8" />
        </>
      )
  }
}
