import { useParams } from '@tanstack/react-router'
import { useRef } from 'react'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { Page } from '../../shell/page.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { TroubleLine } from '../../ui/state/trouble-line.tsx'
import { isRunning, WORK_EVENTS } from '../../work/people-views.ts'
import { AgentActions } from './agent-actions.tsx'
import { AgentKeys } from './agent-keys.tsx'
import { DoingPanel, QueuePanel, RecordPanel } from './agent-record.tsx'
import { AGENT_EVENTS, type Agent, isAgent, isRecord } from './views.ts'

const LOOK_MS = 20_000
const AGENT = { is: isAgent, wants: AGENT_EVENTS }
const RECORD = { is: isRecord, wants: WORK_EVENTS }
const RUNNING = { is: isRunning, wants: WORK_EVENTS, everyMs: LOOK_MS }

/** Shows one agent: what it does, what waits for it, how it went, and its keys. */
export const AgentPage = () => {
  const { name = '' } = useParams({ strict: false })
  return <OneAgent key={name} name={name} />
}

const OneAgent = ({ name }: Readonly<{ name: string }>) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const list = useRef<HTMLDivElement>(null)
  const { data: agent, trouble, again } = useLive(`/agents/${name}`, AGENT)
  const running = useLive(`/work/running?holder=${name}`, RUNNING)
  const record = useLive(`/work/workers/${name}`, RECORD)
  useWalk('Agent', list)
  return (
    <Page
      title={`@${name}`}
      above={[{ name: 'Agents', link: { to: '/agents' } }]}
      heading={<Heading name={name} agent={agent} />}
      {...(agent !== null && { about: <Facts agent={agent} /> })}
      action={agent !== null && <AgentActions agent={agent} changed={again} />}
    >
      {trouble !== null && agent === null && <TroubleLine said={trouble} again={again} />}
      {agent !== null && (
        <div ref={list} className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <DoingPanel read={running} changed={running.again} />
          <QueuePanel record={record.data} />
          <RecordPanel read={record} />
          {mayHere(me, 'key:read') && <AgentKeys agent={agent} />}
        </div>
      )}
    </Page>
  )
}

const Heading = ({ name, agent }: Readonly<{ name: string; agent: Agent | null }>) => (
  <span className="flex flex-wrap items-center gap-2">
    <Avatar handle={name} size="large" />
    <span className="min-w-0 break-words">@{name}</span>
    {agent !== null && agent.status !== 'active' && <Badge hue="bad">{agent.status}</Badge>}
  </span>
)

const Facts = ({ agent }: Readonly<{ agent: Agent }>) => {
  const { projects, responsible, skills, seatLimit } = agent
  const facts = [
    `Works in ${projects.join(', ') || 'no project'}`,
    responsible === null ? 'answers to nobody' : `answers to @${responsible}`,
    ...(skills.length > 0 ? [`can ${skills.join(', ')}`] : []),
    ...(seatLimit === null ? [] : [`holds ${seatLimit} tasks at most`]),
  ]
  return <p>{facts.join(' · ')}</p>
}
