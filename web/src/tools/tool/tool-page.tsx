import { useParams } from '@tanstack/react-router'
import { mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { useKeys } from '../../shell/keys.ts'
import { Page, type Step } from '../../shell/page.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { Coming } from '../../ui/state/coming.tsx'
import { DecideDefinition, Warnings } from '../definition.tsx'
import { LongText, PlainText, Word } from '../plain-text.tsx'
import { RulesPanel } from '../server/rules-panel.tsx'
import { EffectMark, StandMark } from '../tool-line.tsx'
import { type Details, isDetails, SERVER_EVENTS } from '../views.ts'
import { HistoryPanel } from './history-panel.tsx'
import { JsonPanel } from './json-panel.tsx'
import { ResultPanel } from './result-panel.tsx'
import { TryPanel } from './try-panel.tsx'
import { type Calling, useCall } from './use-call.ts'
import { cutText } from '../../ui/signs.ts'

/** Shows a tool: what it says of itself, a form to try it, its rules, and calls of it. */
export const ToolPage = () => {
  const { server = '', tool = '' } = useParams({ strict: false })
  return <OneTool key={tool} server={server} name={tool} />
}

const DESCRIPTION_CHARS = 4_000
const DETAILS = { is: isDetails, wants: SERVER_EVENTS }

const OneTool = ({ server, name }: Readonly<{ server: string; name: string }>) => {
  const path = `/tools/${encodeURIComponent(name)}`
  const { data, trouble, again } = useLive(path, DETAILS)
  const above: readonly Step[] = [
    { name: 'Tools', link: { to: '/tools' } },
    { name: server, link: { to: '/tools/$server', params: { server } } },
  ]
  if (data === null) {
    return (
      <Page title={name} above={above}>
        <Coming what={name} trouble={trouble} again={again} />
      </Page>
    )
  }
  return (
    <Page
      title={data.name}
      heading={
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="font-mono text-title">
            <Word text={data.name} />
          </span>
          <span className="flex gap-2 font-normal">
            <EffectMark effect={data.effect} />
            <StandMark state={data.state} />
            {data.off && <Badge>Off</Badge>}
          </span>
        </span>
      }
      above={above}
      about={<About tool={data} />}
    >
      <Parts tool={data} changed={again} />
    </Page>
  )
}

const About = ({ tool }: Readonly<{ tool: Details }>) => (
  <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
    {tool.title !== null && (
      <p className="font-medium text-text">
        <Word text={cutText(tool.title, 200)} />
      </p>
    )}
    {tool.description.length > DESCRIPTION_CHARS ? (
      <LongText text={tool.description} label="What the server says of it" />
    ) : (
      <PlainText text={tool.description} />
    )}
    <p className="text-list text-text-3">{labelsOf(tool)}</p>
  </div>
)

const READS = {
  public: 'what is public',
  private: 'our own data',
  sensitive: 'what must not leave',
}
const EGRESS = { none: 'nowhere', internal: 'inside', external: 'to the outside' }

const labelsOf = ({ labels: { reads, untrusted, egress } }: Details): string => {
  const words = untrusted ? 'its answers may hold words of strangers' : 'its answers are trusted'
  return `Gives to read ${READS[reads]}; its arguments go ${EGRESS[egress]}; ${words}.`
}

// What is wrong with the arguments is told at their fields.
const isInForm = (calling: Calling): boolean =>
  calling.kind === 'refused' && calling.problems.length > 0

const Parts = ({ tool, changed }: Readonly<{ tool: Details; changed(): void }>) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const call = useCall()
  const { calling } = call
  useKeys('Tool', [
    {
      keys: ['Escape'],
      label: 'Stop waiting',
      when: () => calling.kind === 'running',
      run: call.leave,
    },
  ])
  const { state, warnings } = tool
  return (
    <>
      {state !== 'approved' && state !== 'gone' && (
        <Panel
          title={state === 'rejected' ? 'Rejected' : 'Waiting for a decision'}
          about="Nobody can use it as it is now."
        >
          <PanelBody>
            <DecideDefinition tool={tool} changed={changed} />
          </PanelBody>
        </Panel>
      )}
      {state === 'approved' && warnings.length > 0 && <Warnings warnings={warnings} />}
      <TryPanel key={tool.hash} tool={tool} call={call} mayCall={mayAnywhere(me, 'tool:call')} />
      {!isInForm(calling) && <ResultPanel call={call} />}
      <HistoryPanel tool={tool} open={call.open} stand={calling.kind} />
      <RulesPanel
        title="Rules of this tool"
        about="They come before those of its server."
        server={tool.server}
        tool={tool.name}
        rules={tool.rules}
        inherited={tool.serverRules}
        mayChange={mayHere(me, 'catalogue:write')}
        changed={changed}
      />
      <JsonPanel tool={tool} />
    </>
  )
}
