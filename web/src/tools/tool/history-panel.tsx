import { useEffect, useRef, useState } from 'react'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelEmpty } from '../../ui/panel.tsx'
import {
  bytesOf,
  CALL_EVENTS,
  CALL_STATES,
  type Details,
  isLines,
  type Line,
  spanOf,
} from '../views.ts'

type HistoryPanelProps = Readonly<{
  tool: Details
  open(key: string): void
  /** How the call of this page stands: with it the record is another. */
  stand: string
}>

/** Shows the record of calls of a tool: how each ended, how long it took, who made it. */
export const HistoryPanel = ({ tool, open, stand }: HistoryPanelProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const { lines, hasMore, read, more } = useLines(tool, stand)
  return (
    <Panel title="Calls" read={read}>
      {lines?.length === 0 && (
        <PanelEmpty>Nobody whose calls you may see has called it.</PanelEmpty>
      )}
      {lines !== null && lines.length > 0 && (
        <ul aria-label="Calls" className="divide-y divide-line border-t border-line">
          {lines.map((line) => (
            <OneCall
              key={line.key}
              line={line}
              open={line.by === me?.handle || line.onBehalfOf === me?.handle ? open : null}
            />
          ))}
        </ul>
      )}
      {hasMore && (
        <div className="border-t border-line p-3">
          <Button onClick={more}>Earlier calls</Button>
        </div>
      )}
    </Panel>
  )
}

type OneCallProps = Readonly<{ line: Line; open: ((key: string) => void) | null }>

const OneCall = ({ line, open }: OneCallProps) => {
  const { key, state, at, ms, bytes, by, onBehalfOf, door, code } = line
  const [name, hue] = CALL_STATES[state]
  const facts = [
    ...(ms === null ? [] : [spanOf(ms)]),
    ...(bytes === null || bytes === 0 ? [] : [bytesOf(bytes)]),
    `by ${door}`,
    ...(code === null ? [] : [code]),
  ]
  return (
    <li className="flex items-center gap-3 px-4 py-2 text-list">
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-0.5">
        <span className="w-14 shrink-0 text-text-3">{key}</span>
        <Badge hue={hue}>{name}</Badge>
        <span className="inline-flex min-w-0 items-center gap-1.5">
          {by === null ? 'Somebody who is gone' : <Person handle={by} />}
          {onBehalfOf !== null && <span className="text-text-3">for @{onBehalfOf}</span>}
        </span>
        <span className="min-w-0 flex-1 basis-40 [overflow-wrap:anywhere] text-text-3">
          {facts.join(' · ')}
        </span>
        <span className="text-text-3 max-sm:order-1">
          <Moment at={at} />
        </span>
      </div>
      {open !== null && (
        <Button look="quiet" aria-label={`Show ${key}`} onClick={() => open(key)}>
          Show
        </Button>
      )}
    </li>
  )
}

const PAGE = 10
const LINES = { is: isLines, wants: CALL_EVENTS, stays: true }

/** Reads the newest calls, and again when there are others; more of them when they are wanted. */
const useLines = ({ server, original }: Details, stand: string) => {
  const [count, setCount] = useState(PAGE)
  const of = `server=${server}&tool=${encodeURIComponent(original)}`
  const path = `/tool-calls?${of}&limit=${Math.min(count, LINES_MAX)}`
  const read = useLive(path, LINES)
  const { data, again } = read
  const seen = useRef(stand)
  useEffect(() => {
    if (seen.current !== stand) again()
    seen.current = stand
  }, [stand, again])
  const hasMore = data !== null && data.next !== null && count < LINES_MAX
  return { lines: data?.items ?? null, hasMore, read, more: () => setCount(count * 2) }
}

// The hub gives so many at once; who wants more looks into the ledger.
const LINES_MAX = 100
