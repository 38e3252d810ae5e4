import { Link } from '@tanstack/react-router'
import { LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { PlainText } from '../plain-text.tsx'
import { bytesOf, CALL_STATES, type CallAnswer, spanOf } from '../views.ts'
import { ResultView } from './result-view.tsx'
import type { Call, Calling } from './use-call.ts'

/** Shows what became of a call: it is under way, it waits for somebody, or its result. */
export const ResultPanel = ({ call }: Readonly<{ call: Call }>) => {
  const { calling } = call
  switch (calling.kind) {
    case 'none':
      return null
    case 'running':
      return <Running since={calling.since} leave={call.leave} />
    case 'waiting':
      return <Waiting answer={calling.answer} leave={call.leave} />
    case 'left':
      return (
        <Panel title="Result">
          <PanelBody>
            <p className="text-list text-text-2">
              Not waited for any more. What was sent may have been done: look at the calls below.
            </p>
          </PanelBody>
        </Panel>
      )
    case 'refused':
      return <RefusedPanel {...calling} />
    default:
      return <Answered answer={calling.answer} />
  }
}

const TICK_MS = 1_000

const Running = ({ since, leave }: Readonly<{ since: number; leave(): void }>) => {
  const [now, setNow] = useState(since)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.round((now - since) / TICK_MS)
  return (
    <Panel title="Result" action={<Button onClick={leave}>Cancel</Button>}>
      <PanelBody>
        <p role="status" className="flex items-center gap-2 text-list text-text-2">
          <LoaderCircle aria-hidden="true" className="size-4 animate-spin text-run" />
          {seconds < 1 ? 'Calling' : `Calling, ${seconds} s`}
        </p>
      </PanelBody>
    </Panel>
  )
}

type WaitingProps = Readonly<{ answer: CallAnswer; leave(): void }>

const Waiting = ({ answer, leave }: WaitingProps) => (
  <Panel title="Result" action={<Button onClick={leave}>Do not wait</Button>}>
    <PanelBody>
      <div role="status" className="grid gap-2 text-list">
        <p className="flex flex-wrap items-center gap-2">
          <Badge hue="wait">{CALL_STATES[answer.state][0]}</Badge>
          <span className="text-text-3">{answer.key}</span>
        </p>
        {answer.state === 'parked' ? (
          <p className="text-text-2">
            Somebody has to approve {answer.approval ?? 'it'} first.{' '}
            <Link to="/inbox" className="text-accent underline underline-offset-2">
              Open the inbox
            </Link>
            . The call is made then, and its result comes up here by itself.
          </p>
        ) : (
          <p className="text-text-2">It is under way; its result comes up here by itself.</p>
        )}
      </div>
    </PanelBody>
  </Panel>
)

const RefusedPanel = ({ said, url }: Extract<Calling, { kind: 'refused' }>) => {
  const page = serverPage(url)
  return (
    <Panel title="Result">
      <PanelBody>
        <div role="alert" className="grid gap-2 rounded-card bg-bad-soft p-3 text-list text-bad">
          <PlainText text={said} />
          {page !== null && (
            <Link
              to="/tools/$server"
              params={{ server: page }}
              className="justify-self-start underline underline-offset-2"
            >
              Connect an account
            </Link>
          )}
        </div>
      </PanelBody>
    </Panel>
  )
}

// Of an address only the name of the server counts: a page never follows what it was told.
const serverPage = (url: string | null): string | null =>
  /\/tools\/([a-z][a-z0-9-]{0,15})$/.exec(url ?? '')?.[1] ?? null

const Answered = ({ answer }: Readonly<{ answer: CallAnswer }>) => {
  const [name, hue] = CALL_STATES[answer.state]
  const { key, ms, bytes } = answer
  const facts = [
    key,
    ...(ms === null ? [] : [spanOf(ms)]),
    ...(bytes === null ? [] : [bytesOf(bytes)]),
  ]
  return (
    <Panel title="Result">
      <PanelBody>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
          <p role="status" className="flex flex-wrap items-center gap-2 text-list text-text-3">
            <Badge hue={hue}>{name}</Badge>
            {facts.join(' · ')}
          </p>
          <ResultView answer={answer} />
        </div>
      </PanelBody>
    </Panel>
  )
}
