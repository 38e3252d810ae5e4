import { useEffect } from 'react'
import { type ApprovalItem, INBOX_TOPIC } from '../live/inbox.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { useRead } from '../live/use-read.ts'
import { Badge } from '../ui/badge.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel, PanelItem, PanelList } from '../ui/panel.tsx'
import { isApprovals, STATES } from './views.ts'

const SHOWN_MAX = 20

/** Shows what was decided lately, by whom, and why. */
export const EarlierPanel = () => {
  const { inbox } = useHall()
  const waiting = useTopic(INBOX_TOPIC, inbox.waiting)
  const { data, trouble, again } = useRead('/approvals?limit=100', isApprovals)
  // What is not open any more has become one of these.
  useEffect(() => {
    if (waiting !== null) again()
  }, [waiting, again])
  const items = (data?.items ?? []).filter(({ state }) => state !== 'open').slice(0, SHOWN_MAX)
  if (trouble !== null && data === null) {
    return <Panel title="Earlier" read={{ data, trouble, again }} />
  }
  if (items.length === 0) return null
  return (
    <Panel title="Earlier">
      <PanelList label="Earlier">
        {items.map((item) => (
          <PanelItem
            key={item.key}
            name={
              <>
                <span className="text-meta text-text-3">{item.key}</span>
                <Badge hue={STATES[item.state][1]}>{STATES[item.state][0]}</Badge>
                <span className="min-w-0 flex-1 truncate font-normal">{item.text}</span>
              </>
            }
            about={<Ended item={item} />}
          />
        ))}
      </PanelList>
    </Panel>
  )
}

const Ended = ({ item }: Readonly<{ item: ApprovalItem }>) => {
  const who = item.decidedBy.map((handle) => `@${handle}`).join(', ')
  return (
    <>
      {who !== '' && `By ${who} `}
      {item.decidedAt !== null && <Moment at={item.decidedAt} />}
      {item.usedAt !== null && ', used'}
      {item.reason !== null && `: ${item.reason}`}
    </>
  )
}
