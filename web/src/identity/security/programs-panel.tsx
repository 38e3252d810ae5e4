import { anything, shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'

type Consent = Readonly<{
  id: string
  client: Readonly<{ name: string; host: string | null }>
  redirectHost: string | null
  agent: string | null
  scopes: readonly string[]
  projects: readonly string[] | null
  createdAt: string
  expiresAt: string
}>

const isConsents = shape<{ items: readonly Consent[] }>('items')

/** Shows the programs that one has allowed to act. */
export const ProgramsPanel = () => {
  const { api } = useHall()
  const read = useRead('/oauth/grants?limit=100', isConsents)
  const { data, again } = read
  const items = data?.items ?? []
  const revoke = async (id: string): Promise<void> => {
    await api.change(['DELETE', `/oauth/grants/${id}`], null, anything)
    again()
  }
  return (
    <Panel
      title="Programs"
      anchor="programs"
      about="MCP clients and other programs that you have allowed to act."
      read={read}
    >
      {data !== null && items.length === 0 && (
        <PanelEmpty>None yet. A program asks for it when you connect it to this hub.</PanelEmpty>
      )}
      {items.length > 0 && (
        <PanelList label="Programs">
          {items.map((consent) => (
            <PanelItem
              key={consent.id}
              name={consent.client.name}
              about={
                <>
                  {actsAs(consent)}. Allowed <Moment at={consent.createdAt} />, ends{' '}
                  <Moment at={consent.expiresAt} />
                </>
              }
              action={
                <ActButton
                  look="quiet"
                  act={() => revoke(consent.id)}
                  done={`${consent.client.name} may do nothing any more.`}
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

const actsAs = ({ agent, scopes, projects, redirectHost }: Consent): string => {
  const who = agent === null ? 'Acts as you' : `Acts as @${agent}`
  const where = projects === null ? '' : ` in ${projects.join(', ')}`
  const via = redirectHost === null ? '' : `, answers at ${redirectHost}`
  return `${who}${where}: ${scopes.join(', ')}${via}`
}
