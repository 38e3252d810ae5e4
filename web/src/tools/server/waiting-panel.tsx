import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { Panel } from '../../ui/panel.tsx'
import { Coming } from '../../ui/state/coming.tsx'
import { DecideDefinition } from '../definition.tsx'
import { Word } from '../plain-text.tsx'
import { EffectMark, StandMark } from '../tool-line.tsx'
import { isDetails, SERVER_EVENTS, type ServerDetails, type Tool } from '../views.ts'

type WaitingPanelProps = Readonly<{ server: ServerDetails; changed(): void }>

const WAITS: ReadonlySet<Tool['state']> = new Set(['proposed', 'changed'])

/** Shows definitions that wait for a decision, each with what is to be decided. */
export const WaitingPanel = ({ server, changed }: WaitingPanelProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [open, setOpen] = useState<string | null>(null)
  const waiting = server.items.filter(({ state }) => WAITS.has(state))
  if (waiting.length === 0) return null
  return (
    <Panel
      title="Waiting for a decision"
      about={`Nobody can use these before ${
        mayHere(me, 'tool:approve') ? 'you have' : 'an administrator has'
      } looked at them.`}
    >
      <ul aria-label="Waiting definitions" className="divide-y divide-line border-t border-line">
        {waiting.map((tool) => {
          const isOpen = open === tool.name
          return (
            <li key={tool.name} className="px-4 py-2.5">
              <button
                type="button"
                aria-expanded={isOpen}
                onClick={() => setOpen(isOpen ? null : tool.name)}
                className="flex w-full items-center gap-2 rounded-control text-left"
              >
                <ChevronRight
                  aria-hidden="true"
                  className={`size-4 shrink-0 text-text-3 ${isOpen ? 'rotate-90' : ''}`}
                />
                <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                  <span className="font-mono text-list font-medium">
                    <Word text={tool.name} />
                  </span>
                  <StandMark state={tool.state} />
                  <EffectMark effect={tool.effect} />
                </span>
              </button>
              {isOpen && (
                <div className="mt-2.5 pl-6">
                  <Waiting
                    name={tool.name}
                    changed={() => {
                      setOpen(null)
                      changed()
                    }}
                  />
                </div>
              )}
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

const DETAILS = { is: isDetails, wants: SERVER_EVENTS }

const Waiting = ({ name, changed }: Readonly<{ name: string; changed(): void }>) => {
  const path = `/tools/${encodeURIComponent(name)}`
  const { data, trouble, again } = useLive(path, DETAILS)
  if (data === null) return <Coming what={name} trouble={trouble} again={again} />
  return <DecideDefinition tool={data} changed={changed} />
}
