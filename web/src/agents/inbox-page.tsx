import { type RefObject, useEffect, useRef } from 'react'
import { type ApprovalItem, INBOX_TOPIC } from '../live/inbox.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { useWalk } from '../shell/keyboard/use-walk.ts'
import { Panel, PanelEmpty, PanelList } from '../ui/panel.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { ApprovalFacts } from './approval-facts.tsx'
import { ApprovalRow } from './approval-item.tsx'
import { AskedPanel } from './asked-panel.tsx'
import { ProposalsPanel, QuestionsPanel } from './asks-panels.tsx'
import { DecisionBar } from './decision-bar.tsx'
import { EarlierPanel } from './earlier-panel.tsx'
import { useDecisions } from './use-decisions.ts'

/** Shows what waits for this person's word, and what became of the rest. */
export const InboxPage = () => {
  const hall = useHall()
  const waiting = useTopic(INBOX_TOPIC, hall.inbox.waiting)
  const list = useRef<HTMLElement>(null)
  usePageTitle('Inbox')
  useEffect(() => hall.listen(), [hall])
  return (
    <main ref={list} className="min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid max-w-3xl gap-4 px-4 py-5">
        <header>
          <h1 className="text-figure font-semibold">Inbox</h1>
          <p className="text-text-2">
            What agents may do only with your word, what they ask, and what they propose. A yes
            covers exactly what is shown, once.
          </p>
        </header>
        {hall.isByKey && <KeyNote />}
        <WaitingPanel items={waiting} list={list} />
        <QuestionsPanel />
        <ProposalsPanel />
        <AskedPanel />
        <EarlierPanel />
      </div>
    </main>
  )
}

const KeyNote = () => (
  <p role="note" className="rounded-card border border-line bg-wait-soft p-3 text-list text-wait">
    You came in with a key, and a key cannot decide: agents hold keys, too. Run{' '}
    <code className="font-mono">guildhall open</code>, or sign out and sign in as yourself.
  </p>
)

const NONE: readonly ApprovalItem[] = []

type WaitingPanelProps = Readonly<{
  items: readonly ApprovalItem[] | null
  /** What the keys walk over: these lines and those of the panels below. */
  list: RefObject<HTMLElement | null>
}>

const WaitingPanel = ({ items, list }: WaitingPanelProps) => {
  const { inbox } = useHall()
  const trouble = useTopic(INBOX_TOPIC, inbox.trouble)
  const isCut = useTopic(INBOX_TOPIC, inbox.isCut)
  const decisions = useDecisions(items ?? NONE)
  useWalk('Inbox', list, decisions.keys)
  return (
    <Panel
      title="Waiting for you"
      about="Without an answer each of them is denied when its time is over."
      read={{
        ...{ data: items, trouble },
        again() {
          inbox.read().catch(() => {})
        },
      }}
    >
      {items?.length === 0 && <PanelEmpty>Nothing waits for you.</PanelEmpty>}
      {items !== null && items.length > 0 && (
        <PanelList label="Waiting for you">
          {items.map((item) => (
            <Waiting key={item.key} item={item} decisions={decisions} />
          ))}
        </PanelList>
      )}
      {isCut && <PanelEmpty>There are more; they come up as these are decided.</PanelEmpty>}
    </Panel>
  )
}

type WaitingProps = Readonly<{ item: ApprovalItem; decisions: ReturnType<typeof useDecisions> }>

const Waiting = ({ item, decisions }: WaitingProps) => {
  const { opened, begun, deed, goTo, toggle, begin, decide } = decisions
  const isOpen = opened === item.key
  return (
    <ApprovalRow
      item={item}
      isOpen={isOpen}
      toggle={() => toggle(item.key)}
      focused={() => goTo(item.key)}
    >
      <ApprovalFacts item={item} />
      <DecisionBar
        item={item}
        deed={deed}
        begun={begun}
        begin={(decision) => begin(item, decision)}
        decide={(decision, reason) => decide(item, decision, reason)}
      />
    </ApprovalRow>
  )
}
