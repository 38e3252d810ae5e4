import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Coming } from '../../ui/state/coming.tsx'
import { Panel, PanelBody, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'
import { NewWebhook } from './new-webhook.tsx'
import {
  type Call,
  isCalls,
  isNewWebhook,
  isWebhooks,
  keyOf,
  pathOf,
  type Webhook,
} from './views.ts'

/** Shows the webhooks that other systems call. */
export const IncomingPanel = ({ mayWrite }: Readonly<{ mayWrite: boolean }>) => {
  const read = useRead('/webhooks?limit=100', isWebhooks)
  const { data, again } = read
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel
      title="Incoming"
      anchor="incoming"
      about="Signed calls of other systems become events, and tasks where a rule says so."
      read={read}
      action={
        mayWrite &&
        !isOpen && (
          <Button onClick={() => setOpen(true)}>
            <Plus className="size-4" />
            New webhook
          </Button>
        )
      }
    >
      {isOpen && (
        <PanelBody>
          <NewWebhook made={again} close={() => setOpen(false)} />
        </PanelBody>
      )}
      {data?.items.length === 0 && <PanelEmpty>No system calls the hall yet.</PanelEmpty>}
      {data !== null && data.items.length > 0 && (
        <PanelList label="Incoming webhooks">
          {data.items.map((hook) => (
            <Item key={keyOf(hook)} hook={hook} mayWrite={mayWrite} changed={again} />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}

type ItemProps = Readonly<{ hook: Webhook; mayWrite: boolean; changed(): void }>

const Item = ({ hook, mayWrite, changed }: ItemProps) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <PanelItem
      name={
        <>
          {hook.name}
          {hook.project !== null && <Badge>{hook.project}</Badge>}
          {!hook.active && <Badge hue="wait">Off</Badge>}
        </>
      }
      about={
        <>
          {hook.scheme}
          {hook.rule !== null && `, makes tasks in ${hook.rule.project}: ${hook.rule.title}`}
        </>
      }
      action={
        <Button
          look="quiet"
          aria-expanded={isOpen}
          aria-label={`Look at ${hook.name}`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Close' : 'Look'}
        </Button>
      }
      more={isOpen && <Opened hook={hook} mayWrite={mayWrite} changed={changed} />}
    />
  )
}

const Opened = ({ hook, mayWrite, changed }: ItemProps) => {
  const { api } = useHall()
  const [secret, setSecret] = useState<string | null>(null)
  const { data, trouble, again } = useRead(pathWithLimit(hook), isCalls)
  const rotate = async (): Promise<void> => {
    const made = await api.write(pathOf('webhooks', hook, '/rotate'), {}, isNewWebhook)
    setSecret(made.secret)
  }
  const turn = async (): Promise<void> => {
    await api.change(['PATCH', pathOf('webhooks', hook)], { active: !hook.active }, anything)
    changed()
  }
  const remove = async (): Promise<void> => {
    await api.change(['DELETE', pathOf('webhooks', hook)], null, anything)
    changed()
  }
  const isSenders = hook.scheme === 'slack' || hook.scheme === 'stripe'
  return (
    <div className="grid gap-3 pt-1">
      <CopyBox label={`Address of ${hook.name}`} text={hook.url} />
      {secret !== null && <CopyBox label="New secret, shown this once" text={secret} />}
      {mayWrite && (
        <div className="flex flex-wrap gap-2">
          <ActButton act={turn}>{hook.active ? 'Switch off' : 'Switch on'}</ActButton>
          {!isSenders && (
            <ActButton
              act={rotate}
              ask={{
                title: 'Make another secret?',
                about: 'The one before counts for a day: give the new one to the sender meanwhile.',
                button: 'Make it',
              }}
            >
              New secret
            </ActButton>
          )}
          <ActButton
            look="quiet"
            act={remove}
            ask={{
              title: `Delete ${hook.name}?`,
              about: 'Its address answers nobody any more.',
              button: 'Delete',
            }}
          >
            Delete
          </ActButton>
        </div>
      )}
      {(data === null || trouble !== null) && (
        <Coming what="the calls" trouble={trouble} again={again} lines={2} />
      )}
      {data !== null && <Calls calls={data.items} />}
    </div>
  )
}

const pathWithLimit = (hook: Webhook): string => {
  const path = pathOf('webhooks', hook, '/calls')
  return `${path}${path.includes('?') ? '&' : '?'}limit=10`
}

const SAID: Readonly<Record<Call['outcome'], string>> = {
  kept: 'kept',
  unmatched: 'not what the rule is about',
  task: 'made',
  comment: 'commented on',
  failed: 'the rule failed',
}

const Calls = ({ calls }: Readonly<{ calls: readonly Call[] }>) =>
  calls.length === 0 ? (
    <p className="text-list text-text-2">Nobody has called in the last week.</p>
  ) : (
    <ul aria-label="Last calls" className="grid gap-1 text-list">
      {calls.map(({ id, at, outcome, task, why }) => (
        <li key={id} className="flex flex-wrap gap-x-2">
          <span className="text-text-3">
            <Moment at={at} />
          </span>
          <span className={outcome === 'failed' ? 'text-bad' : ''}>{SAID[outcome]}</span>
          {task !== null && (
            <Link to="/t/$key" params={{ key: task }} className="text-accent hover:underline">
              {task}
            </Link>
          )}
          {why !== null && <code className="font-mono text-meta text-text-2">{why}</code>}
        </li>
      ))}
    </ul>
  )
