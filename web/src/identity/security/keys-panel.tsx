import { Plus } from 'lucide-react'
import { useState } from 'react'
import { anything, shape } from '../../live/api.ts'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelBody, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'
import { NewKey } from './new-key.tsx'

type Key = Readonly<{
  id: string
  principal: string
  name: string
  prefix: string
  projects: readonly string[] | null
  scopes: readonly string[] | null
  expiresAt: string | null
  revokedAt: string | null
  lastUsedAt: string | null
}>

const isKeys = shape<{ items: readonly Key[] }>('items')

/** Shows API keys: one's own and those one looks after. */
export const KeysPanel = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const mayRead = mayHere(me, 'key:read')
  const read = useRead(mayRead ? '/keys?limit=100' : null, isKeys)
  const { data, again } = read
  const [isOpen, setOpen] = useState(false)
  const [now] = useState(() => Date.now())
  if (!mayRead) return null
  const revoke = async (id: string): Promise<void> => {
    await hall.api.write(`/keys/${id}/revoke`, {}, anything)
    again()
  }
  const inForce = (data?.items ?? []).filter(
    ({ revokedAt, expiresAt }) =>
      revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now),
  )
  return (
    <Panel
      title="API keys"
      anchor="keys"
      about="For programs and agents that cannot sign in. Only keys that are in force are shown."
      read={read}
      action={
        !isOpen && (
          <Button onClick={() => setOpen(true)}>
            <Plus className="size-4" />
            New key
          </Button>
        )
      }
    >
      {isOpen && (
        <PanelBody>
          <NewKey made={again} close={() => setOpen(false)} />
        </PanelBody>
      )}
      {data !== null && inForce.length === 0 && <PanelEmpty>No key is in force.</PanelEmpty>}
      {inForce.length > 0 && (
        <PanelList label="API keys">
          {inForce.map((key) => (
            <PanelItem
              key={key.id}
              name={
                <>
                  {key.name}
                  {key.principal !== me?.handle && <Badge>{`@${key.principal}`}</Badge>}
                </>
              }
              about={<KeyFacts {...key} />}
              action={
                <ActButton
                  look="quiet"
                  act={() => revoke(key.id)}
                  ask={{
                    title: 'Revoke the key?',
                    about: `Whatever uses ${key.name} is shut out at once, and for good.`,
                    button: 'Revoke',
                  }}
                >
                  Revoke
                </ActButton>
              }
            />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}

const KeyFacts = ({ prefix, scopes, projects, expiresAt, lastUsedAt }: Key) => (
  <>
    <span className="font-mono text-meta">{prefix}</span>
    {projects !== null && `, in ${projects.join(', ')}`}
    {scopes !== null && `, ${scopes.length} ${scopes.length === 1 ? 'permission' : 'permissions'}`}
    {', '}
    {expiresAt === null ? 'without an end' : 'ends '}
    {expiresAt !== null && <Moment at={expiresAt} />}
    {lastUsedAt === null ? ', not used yet' : ', used '}
    {lastUsedAt !== null && <Moment at={lastUsedAt} />}
  </>
)
