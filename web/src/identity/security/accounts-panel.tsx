import { WAYS_PATH } from '../../live/early.ts'
import { anything, shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelItem, PanelList } from '../../ui/panel.tsx'
import { goToIssuer } from '../external.ts'
import { isExternalStart, isSignInWays } from '../views.ts'

type Account = Readonly<{ id: string; issuer: string; linkedAt: string; lastUsedAt: string | null }>

const isAccounts = shape<{ items: readonly Account[] }>('items')

/** Shows the accounts elsewhere that sign one in; nothing where there is no such way. */
export const AccountsPanel = () => {
  const { api } = useHall()
  const read = useRead('/me/accounts', isAccounts)
  const { data, again } = read
  const { data: ways } = useRead(WAYS_PATH, isSignInWays)
  const items = data?.items ?? []
  const providers = ways?.providers ?? []
  if (items.length === 0 && providers.length === 0) return null
  const link = async (provider: string): Promise<void> => {
    const { address, binding } = await api.write('/me/accounts', { provider }, isExternalStart)
    goToIssuer(address, { binding, kind: 'link', next: '/settings/security' })
  }
  const unlink = async (id: string): Promise<void> => {
    await api.change(['DELETE', `/me/accounts/${id}`], null, anything)
    again()
  }
  return (
    <Panel
      title="Linked accounts"
      anchor="accounts"
      about="Accounts elsewhere that sign you in here."
      read={read}
      action={
        <div className="flex flex-wrap gap-1.5">
          {providers.map(({ key, name }) => (
            <ActButton key={key} act={() => link(key)}>
              Link {name}
            </ActButton>
          ))}
        </div>
      }
    >
      {items.length > 0 && (
        <PanelList label="Linked accounts">
          {items.map(({ id, issuer, linkedAt, lastUsedAt }) => (
            <PanelItem
              key={id}
              name={issuer.replace(/^https:\/\//, '')}
              about={
                <>
                  Linked <Moment at={linkedAt} />
                  {lastUsedAt !== null && ', used '}
                  {lastUsedAt !== null && <Moment at={lastUsedAt} />}
                </>
              }
              action={
                <ActButton look="quiet" act={() => unlink(id)} done="It signs you in no more.">
                  Unlink
                </ActButton>
              }
            />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}
