import { mayAnywhere, mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { SettingsPage } from '../../shell/settings-page.tsx'
import { NetworksPanel } from './networks-panel.tsx'
import { RatesPanel } from './rates-panel.tsx'
import { SeatsPanel } from './seats-panel.tsx'

/** Shows how much may be done at a time, how much of it is left, and from where. */
export const LimitsPage = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  return (
    <SettingsPage
      title="Limits"
      about="How much people and agents may do at a time, how much of it is left, and from where."
    >
      {me !== null && (
        <>
          <RatesPanel me={me} mayAll={mayHere(me, 'limit:read')} />
          {mayAnywhere(me, 'agent:read') && <SeatsPanel me={me} />}
          {mayHere(me, 'org:read') && <NetworksPanel mayChange={mayHere(me, 'org:write')} />}
        </>
      )}
    </SettingsPage>
  )
}
