import { useState } from 'react'
import { anything } from '../live/api.ts'
import { type ApprovalItem, INBOX_TOPIC } from '../live/inbox.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { ActButton } from '../ui/act-button.tsx'
import { Panel, PanelList } from '../ui/panel.tsx'
import { ApprovalFacts } from './approval-facts.tsx'
import { ApprovalRow } from './approval-item.tsx'

/** Shows what this person asked for, or what is asked in their name, and others decide. */
export const AskedPanel = () => {
  const { inbox } = useHall()
  const items = useTopic(INBOX_TOPIC, inbox.asked)
  if (items.length === 0) return null
  return (
    <Panel title="Waiting for others" about="Asked by you, or in your name.">
      <PanelList label="Waiting for others">
        {items.map((item) => (
          <Asked key={item.key} item={item} />
        ))}
      </PanelList>
    </Panel>
  )
}

const Asked = ({ item }: Readonly<{ item: ApprovalItem }>) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [isOpen, setOpen] = useState(false)
  const withdraw = async (): Promise<void> => {
    await hall.api.write(`/approvals/${item.key}/withdraw`, {}, anything)
    await hall.inbox.read()
  }
  return (
    <ApprovalRow item={item} isOpen={isOpen} toggle={() => setOpen(!isOpen)}>
      <ApprovalFacts item={item} />
      {item.requester === me?.handle && (
        <div>
          <ActButton act={withdraw} done={`${item.key} is not asked for any more.`}>
            Withdraw
          </ActButton>
        </div>
      )}
    </ApprovalRow>
  )
}
