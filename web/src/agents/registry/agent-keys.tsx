import { Plus } from 'lucide-react'
import { useState } from 'react'
import { anything, shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useLive } from '../../live/use-live.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelBody, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'
import { ConnectSteps } from './connect-steps.tsx'
import { AGENT_EVENTS, type Agent, isInForce, isKeys, type Key, type MadeKey } from './views.ts'

const LOOK_MS = 10_000
const KEYS = { is: isKeys, wants: AGENT_EVENTS, everyMs: LOOK_MS }
const isNew = shape<Readonly<{ key: string }>>('key')

/** Shows an agent's keys with their last use; a new one is shown once, with the way to use it. */
export const AgentKeys = ({ agent }: Readonly<{ agent: Agent }>) => {
  const { api } = useHall()
  const { handle } = agent
  const read = useLive(`/keys?principal=${handle}&limit=100`, KEYS)
  const { data, again } = read
  const [made, setMade] = useState<MadeKey | null>(null)
  const [now] = useState(() => Date.now())
  const make = async (): Promise<void> => {
    const { key } = await api.write('/keys', { name: handle, principal: handle }, isNew)
    setMade({ handle, key })
    again()
  }
  const rotate = async (id: string): Promise<void> => {
    const { key } = await api.write(`/keys/${id}/rotate`, {}, isNew)
    setMade({ handle, key })
    again()
  }
  const revoke = async (id: string): Promise<void> => {
    await api.write(`/keys/${id}/revoke`, {}, anything)
    again()
  }
  const keys = (data?.items ?? []).filter((key) => isInForce(key, now))
  return (
    <Panel
      title="Keys"
      about="Only those that let in now; a key is shown once, when it is made."
      read={read}
      action={
        made === null && (
          <ActButton act={make}>
            <Plus className="size-4" aria-hidden="true" />
            New key
          </ActButton>
        )
      }
    >
      {made !== null && (
        <PanelBody>
          <ConnectSteps made={made} close={() => setMade(null)} />
        </PanelBody>
      )}
      {data !== null && keys.length === 0 && (
        <PanelEmpty>No key lets it in. Make one to connect it.</PanelEmpty>
      )}
      {keys.length > 0 && (
        <PanelList label="Keys">
          {keys.map((key) => (
            <KeyLine
              key={key.id}
              item={key}
              rotate={() => rotate(key.id)}
              revoke={() => revoke(key.id)}
            />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}

type KeyLineProps = Readonly<{
  item: Key
  rotate(): Promise<void>
  revoke(): Promise<void>
}>

const KeyLine = ({ item, rotate, revoke }: KeyLineProps) => (
  <PanelItem
    name={
      <>
        {item.name}
        {item.replacedBy !== null && <Badge hue="wait">replaced</Badge>}
      </>
    }
    about={
      <>
        <span className="font-mono text-meta">{item.prefix}</span>,{' '}
        {item.lastUsedAt === null ? 'not used yet' : 'used '}
        {item.lastUsedAt !== null && <Moment at={item.lastUsedAt} />},{' '}
        {item.expiresAt === null ? 'without an end' : 'ends '}
        {item.expiresAt !== null && <Moment at={item.expiresAt} />}
      </>
    }
    action={
      <>
        {item.replacedBy === null && (
          <ActButton
            look="quiet"
            act={rotate}
            ask={{
              title: 'Replace the key?',
              about: 'A new one is shown once. The old one still lets in for an hour.',
              button: 'Replace',
            }}
          >
            Replace
          </ActButton>
        )}
        <ActButton
          look="quiet"
          act={revoke}
          ask={{
            title: 'Revoke the key?',
            about: `Whatever uses ${item.name} is shut out at once, and for good.`,
            button: 'Revoke',
          }}
        >
          Revoke
        </ActButton>
      </>
    }
  />
)
