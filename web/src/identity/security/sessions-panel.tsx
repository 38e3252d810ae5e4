import { anything, shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'

type Session = Readonly<{
  id: string
  isCurrent: boolean
  agent: string | null
  address: string | null
  createdAt: string
  lastSeenAt: string
}>

const isSessions = shape<{ items: readonly Session[] }>('items')

/** Shows the browsers one is signed in with. */
export const SessionsPanel = () => {
  const { api } = useHall()
  const read = useRead('/sessions', isSessions)
  const { data, again } = read
  const end = async (id: string): Promise<void> => {
    await api.write(`/sessions/${id}/revoke`, {}, anything)
    again()
  }
  const items = data?.items ?? []
  return (
    <Panel
      title="Sessions"
      anchor="sessions"
      about="The browsers you are signed in with."
      read={read}
      action={
        items.length > 1 && (
          <ActButton
            act={() => api.write('/sessions/sign-out-everywhere', {}, anything)}
            ask={{
              title: 'Sign out everywhere?',
              about: 'Every browser is signed out, this one too.',
              button: 'Sign out everywhere',
            }}
          >
            Sign out everywhere
          </ActButton>
        )
      }
    >
      {data !== null && items.length === 0 && <PanelEmpty>There is none.</PanelEmpty>}
      {items.length > 0 && (
        <PanelList label="Sessions">
          {items.map((session) => (
            <PanelItem
              key={session.id}
              name={
                <>
                  {session.agent ?? 'A browser'}
                  {session.isCurrent && <Badge hue="accent">This one</Badge>}
                </>
              }
              about={
                <>
                  {session.address !== null && `${session.address}, `}seen{' '}
                  <Moment at={session.lastSeenAt} />, signed in <Moment at={session.createdAt} />
                </>
              }
              action={
                session.isCurrent ? undefined : (
                  <ActButton
                    look="quiet"
                    act={() => end(session.id)}
                    done="That browser is signed out."
                    aria-label={`End the session of ${session.agent ?? 'a browser'}`}
                  >
                    End
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
