import type { Attempt } from '../../live/details.ts'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { OUTCOMES, WORKING } from '../people-views.ts'
import { Section } from './task-section.tsx'

/** Shows who tried a task, and what came of it. */
export const Attempts = ({ attempts }: Readonly<{ attempts: readonly Attempt[] }>) => {
  if (attempts.length === 0) return null
  return (
    <Section title="Attempts" count={attempts.length}>
      <ol className="grid grid-cols-1 gap-2">
        {attempts.map((attempt) => (
          <AttemptRow key={attempt.number} attempt={attempt} />
        ))}
      </ol>
    </Section>
  )
}

const AttemptRow = ({ attempt }: Readonly<{ attempt: Attempt }>) => {
  const { number, holder, startedAt, endedAt, outcome, summary, evidence } = attempt
  const { word, hue } = outcome === null ? WORKING : OUTCOMES[outcome]
  return (
    <li className="rounded-card border border-line px-3 py-2 text-list">
      <div className="flex items-center gap-2">
        <span className="text-text-3">#{number}</span>
        <Person handle={holder} />
        <Badge hue={hue}>{word}</Badge>
        <span className="ml-auto pl-1 text-meta text-text-3">
          <Moment at={endedAt ?? startedAt} />
        </span>
      </div>
      {summary !== null && summary !== '' && (
        <p className="mt-1.5 break-words whitespace-pre-wrap text-text-2" dir="auto">
          {summary}
        </p>
      )}
      {evidence !== null && evidence !== '' && (
        <p className="mt-1.5 text-meta break-words whitespace-pre-wrap text-text-3" dir="auto">
          Evidence: {evidence}
        </p>
      )}
    </li>
  )
}
