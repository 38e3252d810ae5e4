import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelBody, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'
import { Word } from '../plain-text.tsx'
import type { ServerDetails } from '../views.ts'
import { ConnectForm } from './connect-form.tsx'
import { OauthStart } from './oauth-start.tsx'

type AccountPanelProps = Readonly<{ server: ServerDetails; changed(): void }>

/** Shows whose credentials a server is called with, and how to connect one. */
export const AccountPanel = ({ server, changed }: AccountPanelProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [isOpen, setOpen] = useState(false)
  const { slug, credential, credentials, connected } = server
  const isShared = credential === 'shared'
  const mayConnect =
    mayAnywhere(me, 'connection:use') && (!isShared || mayHere(me, 'connection:write'))
  const disconnect = async (): Promise<void> => {
    await hall.api.change(['DELETE', `/tool-servers/${slug}/connection`], null, anything)
    changed()
  }
  const isMine = ({ by }: ServerDetails['credentials'][number]): boolean =>
    isShared ? by === null : by === me?.handle
  return (
    <Panel
      title={isShared ? 'Account' : 'Accounts'}
      about={
        isShared
          ? 'One account, with which all calls are made.'
          : 'Calls are made with the account of whoever makes them, or has them made.'
      }
      action={
        mayConnect &&
        !isOpen && (
          <Button look={connected ? 'plain' : 'filled'} onClick={() => setOpen(true)}>
            {connected ? 'Connect another' : isShared ? 'Connect the account' : 'Connect yours'}
          </Button>
        )
      }
    >
      {isOpen && (
        <PanelBody>
          <Connecting
            server={server}
            close={() => setOpen(false)}
            done={() => {
              setOpen(false)
              changed()
            }}
          />
        </PanelBody>
      )}
      {credentials.length === 0 && <PanelEmpty>No account is connected.</PanelEmpty>}
      {credentials.length > 0 && (
        <PanelList label="Accounts">
          {credentials.map((one) => (
            <PanelItem
              key={one.by ?? ''}
              name={
                <>
                  {one.by === null ? 'Shared by all' : `@${one.by}`}
                  {one.state === 'needs_connect' && <Badge hue="bad">Does not work any more</Badge>}
                </>
              }
              about={
                <>
                  {one.account !== null && (
                    <>
                      <Word text={one.account} />
                      {', '}
                    </>
                  )}
                  since <Moment at={one.since} />
                </>
              }
              action={
                isMine(one) &&
                mayConnect && (
                  <ActButton
                    look="quiet"
                    act={disconnect}
                    done={`${slug} is disconnected.`}
                    ask={{
                      title: `Disconnect ${slug}?`,
                      about: 'Calls with this account stop at once.',
                      button: 'Disconnect',
                    }}
                  >
                    Disconnect
                  </ActButton>
                )
              }
            />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}

type ConnectingProps = Readonly<{ server: ServerDetails; done(): void; close(): void }>

// Where one can sign in, a token is the second choice.
const Connecting = ({ server, done, close }: ConnectingProps) => {
  const [isToken, setToken] = useState(server.auth !== 'oauth')
  if (isToken) return <ConnectForm server={server} done={done} close={close} />
  return (
    <div className="grid gap-3">
      <OauthStart server={server.slug} />
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setToken(true)}>Give a token instead</Button>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
    </div>
  )
}
