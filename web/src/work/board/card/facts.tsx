import { Bug, Layers } from 'lucide-react'
import type { Card } from '../../../../../src/work/contract.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { PriorityMark } from '../../../ui/priority-mark.tsx'
import { AgentState, Standing } from './standing.tsx'

/** Labels that a card shows; the rest is counted. */
const LABELS_MAX = 3

type FactsProps = Readonly<{ card: Card }>

/** Shows which task it is, and who is on it. */
export const HeadFacts = ({ card }: FactsProps) => {
  const { key, priority } = card
  return (
    <span className="flex h-5 items-center gap-1.5 text-meta text-text-3">
      <PriorityMark priority={priority} />
      <span className="whitespace-nowrap">{key}</span>
      <TypeMark type={card.type} />
      <span className="ml-auto flex items-center gap-1.5">
        <AgentState card={card} />
        <Who card={card} />
      </span>
    </span>
  )
}

/** Shows how it stands, its labels and its size. */
export const FootFacts = ({ card }: FactsProps) => {
  const { labels } = card
  return (
    <span className="flex h-5 items-center gap-1.5 text-meta text-text-3">
      <Standing card={card} />
      <span className="flex min-w-0 items-center gap-1 overflow-hidden">
        {labels.slice(0, LABELS_MAX).map((label) => (
          <Badge key={label} title={label}>
            {label}
          </Badge>
        ))}
      </span>
      {labels.length > LABELS_MAX && (
        <span title={labels.join(', ')}>+{labels.length - LABELS_MAX}</span>
      )}
      <Size card={card} />
    </span>
  )
}

/** Shows all of it in one line, where cards are small. */
export const LineFacts = ({ card }: FactsProps) => {
  const { key, priority, labels } = card
  return (
    <span className="flex h-5 items-center gap-1.5 text-meta text-text-3">
      <PriorityMark priority={priority} />
      <span className="whitespace-nowrap">{key}</span>
      <TypeMark type={card.type} />
      <Standing card={card} />
      {labels.length > 0 && <span title={labels.join(', ')}>#{labels.length}</span>}
      <AgentState card={card} />
      <Size card={card} />
      <Who card={card} />
    </span>
  )
}

const Who = ({ card: { holder, assignee } }: FactsProps) => {
  const handle = holder ?? assignee
  if (handle === null) return null
  return (
    <>
      <Avatar handle={handle} />
      <span className="sr-only">{holder ? `held by @${holder}` : `for @${handle}`}</span>
    </>
  )
}

const Size = ({ card: { points, progress } }: FactsProps) => (
  <span className="ml-auto flex items-center gap-1.5 whitespace-nowrap">
    {progress > 0 && progress < 100 && <Progress percent={progress} />}
    {points !== null && <span title={`${points} points`}>{points}p</span>}
  </span>
)

const Progress = ({ percent }: Readonly<{ percent: number }>) => (
  <span className="inline-flex items-center gap-1">
    <svg viewBox="0 0 24 4" className="h-1 w-6" aria-hidden="true">
      <rect width="24" height="4" rx="2" className="fill-line" />
      <rect width={(24 * percent) / 100} height="4" rx="2" className="fill-run" />
    </svg>
    {percent}%
  </span>
)

const TypeMark = ({ type }: Readonly<{ type: Card['type'] }>) => {
  if (type === 'bug') return <Bug className="size-3.5 shrink-0" aria-label="Bug" />
  if (type === 'epic') return <Layers className="size-3.5 shrink-0" aria-label="Epic" />
  return null
}
