import type { Happening } from '../../live/details.ts'
import { Person } from '../../ui/avatar.tsx'
import { Badge, type Hue } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { attemptsOf } from './attempts.ts'
import { Section } from './task-section.tsx'

const HUES: Readonly<Record<string, Hue>> = {
  done: 'ok',
  review: 'ok',
  failed: 'bad',
  expired: 'bad',
  blocked: 'wait',
  asked: 'wait',
}

const WORDS: Readonly<Record<string, string>> = {
  expired: 'lease ran out',
  taken_over: 'taken over',
  handed_back: 'handed back',
  asked: 'asked a person',
}

/** Shows who tried a task, and what came of it. */
export const Attempts = ({ events }: Readonly<{ events: readonly Happening[] }>) => {
  const attempts = attemptsOf(events)
  if (attempts.length === 0) return null
  return (
    <Section title="Attempts" count={attempts.length}>
      <ol className="grid gap-2">
        {attempts.map(({ number, holder, startedAt, endedAt, outcome, summary }) => (
          <li key={number} className="rounded-card border border-line px-3 py-2 text-list">
            <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="text-text-3">#{number}</span>
              <Person handle={holder} />
              {outcome === null ? (
                <Badge hue="run">working</Badge>
              ) : (
                <Badge hue={HUES[outcome] ?? 'plain'}>{WORDS[outcome] ?? outcome}</Badge>
              )}
              <span className="ml-auto text-meta text-text-3">
                <Moment at={endedAt ?? startedAt} />
              </span>
            </div>
            {summary !== null && (
              <p className="mt-1 break-words whitespace-pre-wrap text-text-2" dir="auto">
                {summary}
              </p>
            )}
          </li>
        ))}
      </ol>
    </Section>
  )
}
