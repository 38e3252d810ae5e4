import { useParams } from '@tanstack/react-router'
import { useRef } from 'react'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { Page, type Step } from '../../shell/page.tsx'
import { Panel, PanelEmpty } from '../../ui/panel.tsx'
import { Coming } from '../../ui/state/coming.tsx'
import { TroubleLine } from '../../ui/state/trouble-line.tsx'
import { Word } from '../plain-text.tsx'
import { HealthMark, WhyNot } from '../server-line.tsx'
import { ToolLine } from '../tool-line.tsx'
import { counted, isOfHealth, isServerDetails, LOOK_MS, type ServerDetails } from '../views.ts'
import { AccountPanel } from './account-panel.tsx'
import { FactsPanel } from './facts-panel.tsx'
import { RulesPanel } from './rules-panel.tsx'
import { ServerActions } from './server-actions.tsx'
import { WaitingPanel } from './waiting-panel.tsx'

const SERVER = { is: isServerDetails, wants: isOfHealth, everyMs: LOOK_MS }
const ABOVE: readonly Step[] = [{ name: 'Tools', link: { to: '/tools' } }]

/** Shows a server: how it does, its tools, who is connected, its rules. */
export const ServerPage = () => {
  const { server = '' } = useParams({ strict: false })
  return <OneServer key={server} slug={server} />
}

const OneServer = ({ slug }: Readonly<{ slug: string }>) => {
  const { data, trouble, again } = useLive(`/tool-servers/${encodeURIComponent(slug)}`, SERVER)
  if (data === null) {
    return (
      <Page title={slug} above={ABOVE}>
        <Coming what={slug} trouble={trouble} again={again} />
      </Page>
    )
  }
  return (
    <Page
      title={data.slug}
      heading={
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Word text={data.title} />
          <span className="font-normal">
            <HealthMark server={data} />
          </span>
        </span>
      }
      above={ABOVE}
      about={<WhyNot server={data} />}
      action={<ServerActions server={data} changed={again} />}
    >
      {trouble !== null && <TroubleLine said={trouble} again={again} />}
      <WaitingPanel server={data} changed={again} />
      {data.credential !== 'none' && <AccountPanel server={data} changed={again} />}
      <ToolsPanel server={data} />
      <ServerRules server={data} changed={again} />
      <FactsPanel server={data} />
    </Page>
  )
}

const ToolsPanel = ({ server }: Readonly<{ server: ServerDetails }>) => {
  const list = useRef<HTMLUListElement>(null)
  useWalk('Tools of the server', list)
  const { items } = server
  return (
    <Panel
      title="Tools"
      {...(items.length > 0 && { about: `${counted(items.length, 'tool')} that you may see.` })}
    >
      {items.length === 0 && <PanelEmpty>{emptyWhy(server)}</PanelEmpty>}
      {items.length > 0 && (
        <ul ref={list} aria-label="Tools" className="divide-y divide-line border-t border-line">
          {items.map((tool) => (
            <ToolLine key={tool.name} tool={tool} off={tool.off} count />
          ))}
        </ul>
      )}
    </Panel>
  )
}

const emptyWhy = ({ foundAt, credential, connected, enabled }: ServerDetails): string => {
  if (!enabled) return 'The server is off. Its tools are listed when it is switched on.'
  if (foundAt !== null) return 'There is no tool for you here.'
  return credential !== 'none' && !connected
    ? 'Its tools are listed when an account is connected.'
    : 'It has not said yet what it offers.'
}

type ServerRulesProps = Readonly<{ server: ServerDetails; changed(): void }>

const ServerRules = ({ server, changed }: ServerRulesProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  return (
    <RulesPanel
      title="Rules"
      about="They hold for all tools of the server that have none of their own."
      server={server.slug}
      tool={null}
      rules={server.rules}
      mayChange={mayHere(me, 'catalogue:write')}
      changed={changed}
    />
  )
}
