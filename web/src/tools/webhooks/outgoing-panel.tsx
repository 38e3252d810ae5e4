import { Plus } from 'lucide-react'
import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge, type Hue } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { Panel, PanelBody, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'
import { Deliveries } from './deliveries.tsx'
import { NewSubscription } from './new-subscription.tsx'
import { isNewSubscription, isSubscriptions, keyOf, pathOf, type Subscription } from './views.ts'

/** Shows who outside is sent events. */
export const OutgoingPanel = ({ mayWrite }: Readonly<{ mayWrite: boolean }>) => {
  const read = useRead('/subscriptions?limit=100', isSubscriptions)
  const { data, again } = read
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel
      title="Outgoing"
      anchor="outgoing"
      about="Events are sent signed, tried again for a day, and kept when they are given up."
      read={read}
      action={
        mayWrite &&
        !isOpen && (
          <Button onClick={() => setOpen(true)}>
            <Plus className="size-4" />
            New subscription
          </Button>
        )
      }
    >
      {isOpen && (
        <PanelBody>
          <NewSubscription made={again} close={() => setOpen(false)} />
        </PanelBody>
      )}
      {data?.items.length === 0 && <PanelEmpty>Nobody outside is sent events yet.</PanelEmpty>}
      {data !== null && data.items.length > 0 && (
        <PanelList label="Subscriptions">
          {data.items.map((one) => (
            <Item key={keyOf(one)} one={one} mayWrite={mayWrite} changed={again} />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}

type ItemProps = Readonly<{ one: Subscription; mayWrite: boolean; changed(): void }>

const STATES: Readonly<Record<Subscription['state'], readonly [Hue, string]>> = {
  active: ['ok', 'Active'],
  paused: ['wait', 'Paused'],
  stopped: ['bad', 'Stopped'],
}
const REASONS: Readonly<Record<NonNullable<Subscription['stopReason']>, string>> = {
  gone: 'the receiver says that it is gone',
  failing: 'nothing has arrived for too long',
  too_far_behind: 'too many deliveries wait',
}

const Item = ({ one, mayWrite, changed }: ItemProps) => {
  const [isOpen, setOpen] = useState(false)
  const [hue, state] = STATES[one.state]
  return (
    <PanelItem
      name={
        <>
          {one.name}
          {one.project !== null && <Badge>{one.project}</Badge>}
          <Badge hue={hue}>{state}</Badge>
        </>
      }
      about={
        <>
          {`${one.events.join(', ')} to ${one.host}`}
          {one.projects !== null && `, of ${one.projects.join(', ')}`}
          {one.stopReason !== null && `; ${REASONS[one.stopReason]}`}
          {one.waiting > 0 && `; ${one.waiting} waiting`}
        </>
      }
      action={
        <Button
          look="quiet"
          aria-expanded={isOpen}
          aria-label={`Look at ${one.name}`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Close' : 'Look'}
        </Button>
      }
      more={isOpen && <Opened one={one} mayWrite={mayWrite} changed={changed} />}
    />
  )
}

const Opened = ({ one, mayWrite, changed }: ItemProps) => {
  const { api } = useHall()
  const [secret, setSecret] = useState<string | null>(null)
  const [turn, setTurn] = useState(0)
  const isActive = one.state === 'active'
  const rotate = async (): Promise<void> => {
    const made = await api.write(pathOf('subscriptions', one, '/rotate'), {}, isNewSubscription)
    setSecret(made.secret)
  }
  const ping = async (): Promise<void> => {
    await api.write(pathOf('subscriptions', one, '/ping'), {}, anything)
    setTurn(turn + 1)
  }
  const toggle = async (): Promise<void> => {
    await api.change(['PATCH', pathOf('subscriptions', one)], { active: !isActive }, anything)
    changed()
  }
  const remove = async (): Promise<void> => {
    await api.change(['DELETE', pathOf('subscriptions', one)], null, anything)
    changed()
  }
  return (
    <div className="grid gap-3 pt-1">
      {secret !== null && <CopyBox label="New secret, shown this once" text={secret} />}
      {mayWrite && (
        <div className="flex flex-wrap gap-2">
          {isActive && (
            <ActButton act={ping} done="A test delivery is on its way.">
              Send a test
            </ActButton>
          )}
          <ActButton act={toggle}>{isActive ? 'Pause' : 'Switch on'}</ActButton>
          <ActButton
            act={rotate}
            ask={{
              title: 'Make another secret?',
              about: 'For a day deliveries are signed with both: give the new one to the receiver.',
              button: 'Make it',
            }}
          >
            New secret
          </ActButton>
          <ActButton
            look="quiet"
            act={remove}
            ask={{
              title: `Delete ${one.name}?`,
              about: 'Nothing is sent any more, not even what waits.',
              button: 'Delete',
            }}
          >
            Delete
          </ActButton>
        </div>
      )}
      <Deliveries key={turn} of={one} mayReplay={mayWrite && isActive} />
    </div>
  )
}
