import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { SettingsPage } from '../../shell/settings-page.tsx'
import { IncomingPanel } from './incoming-panel.tsx'
import { OutgoingPanel } from './outgoing-panel.tsx'

/** Shows who outside calls the hall, and who is sent its events. */
export const WebhooksPage = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const mayRead = mayHere(me, 'webhook:read')
  const mayWrite = mayHere(me, 'webhook:write')
  return (
    <SettingsPage
      title="Webhooks"
      about="Other systems that call the hall, and those that are sent its events."
    >
      {me !== null && !mayRead && <p className="text-text-2">You may not see webhooks.</p>}
      {mayRead && (
        <>
          <IncomingPanel mayWrite={mayWrite} />
          <OutgoingPanel mayWrite={mayWrite} />
        </>
      )}
    </SettingsPage>
  )
}
