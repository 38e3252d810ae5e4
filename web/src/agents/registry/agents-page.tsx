import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plug } from 'lucide-react'
import { useRef } from 'react'
import { mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { Page } from '../../shell/page.tsx'
import { useMayStop } from '../../shell/stop/use-may-stop.ts'
import { Button } from '../../ui/button.tsx'
import { Panel, PanelEmpty, PanelList } from '../../ui/panel.tsx'
import { isWorkers, WORK_EVENTS, type Worker } from '../../work/people-views.ts'
import { AgentLine } from './agent-line.tsx'
import { ConnectPanel } from './connect-panel.tsx'
import { StopButton } from './stop-bar.tsx'
import { AGENT_EVENTS, isAgents, isKeys } from './views.ts'

const AGENTS = { is: isAgents, wants: AGENT_EVENTS }
const WORKERS = { is: isWorkers, wants: WORK_EVENTS }
// That a key is used is no event: it shows with the next look.
const LOOK_MS = 10_000
const KEYS = { is: isKeys, wants: AGENT_EVENTS, everyMs: LOOK_MS }

/** Shows the agents, what each is doing, and the way to connect one more. */
export const AgentsPage = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const navigate = useNavigate()
  const { connect = false } = useSearch({ strict: false })
  const workers = useLive('/work/workers', WORKERS)
  const mayStop = useMayStop()
  const mayMake = mayAnywhere(me, 'agent:write')
  const stopped = workers.data?.stopped ?? null
  const show = (isOpen: boolean): void => {
    navigate({ to: '/agents', search: isOpen ? { connect: true } : {} }).catch(() => {})
  }
  return (
    <Page
      title="Agents"
      about="Who works here besides people: each answers to one, and acts with a key of its own."
      action={
        <span className="flex flex-wrap gap-2">
          {mayStop && workers.data !== null && stopped === null && (
            <StopButton done={workers.again} />
          )}
          {mayMake && !connect && (
            <Button look="filled" onClick={() => show(true)}>
              <Plug className="size-4" aria-hidden="true" />
              Connect an agent
            </Button>
          )}
        </span>
      }
    >
      {connect && mayMake && <ConnectPanel close={() => show(false)} />}
      <Registry workers={workers.data?.items ?? []} mayReadKeys={mayHere(me, 'key:read')} />
    </Page>
  )
}

type RegistryProps = Readonly<{
  workers: readonly Worker[]
  mayReadKeys: boolean
}>

const Registry = ({ workers, mayReadKeys }: RegistryProps) => {
  const list = useRef<HTMLDivElement>(null)
  const read = useLive('/agents?limit=100', AGENTS)
  const { data } = read
  const keys = useLive(mayReadKeys ? '/keys?limit=100' : null, KEYS).data?.items ?? []
  useWalk('Agents', list)
  const lastUse = (handle: string): string | null =>
    keys
      .flatMap(({ principal, lastUsedAt }) => (principal === handle ? (lastUsedAt ?? []) : []))
      .reduce<string | null>((last, at) => (last !== null && last > at ? last : at), null)
  return (
    <div ref={list}>
      <Panel title="Registry" read={read}>
        {data?.items.length === 0 && (
          <PanelEmpty>
            No agent works here yet. Connect one: it gets a key and a line for its configuration,
            and stands here as soon as it says hello.
          </PanelEmpty>
        )}
        {data !== null && data.items.length > 0 && (
          <PanelList label="Agents">
            {data.items.map((agent) => (
              <AgentLine
                key={agent.handle}
                agent={agent}
                worker={workers.find((one) => one.handle === agent.handle)}
                seenAt={lastUse(agent.handle)}
              />
            ))}
          </PanelList>
        )}
        {data !== null && data.next !== null && (
          <PanelEmpty>There are more; the command line lists all.</PanelEmpty>
        )}
      </Panel>
    </div>
  )
}
