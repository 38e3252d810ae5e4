import { Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { Radios } from '../../ui/form/radios.tsx'
import { Switch } from '../../ui/form/switch.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { setSingleKeys, singleKeys } from '../keyboard/single-keys.ts'
import { setDensity, setTheme, useDensity, useTheme } from '../look.ts'
import { SettingsPage } from '../settings-page.tsx'

const ICON = 'size-4'

/** Lets a person choose how the page looks in this browser, and whether single keys work. */
export const AppearancePage = () => {
  const theme = useTheme()
  const density = useDensity()
  const [keys, setKeys] = useState(singleKeys)
  return (
    <SettingsPage title="Appearance" about="These choices are kept in this browser only.">
      <Panel title="Look" anchor="look">
        <PanelBody>
          <div className="grid gap-5">
            <Radios
              label="Theme"
              value={theme}
              change={setTheme}
              options={[
                { value: 'system', name: 'System', icon: <Monitor className={ICON} /> },
                { value: 'light', name: 'Light', icon: <Sun className={ICON} /> },
                { value: 'dark', name: 'Dark', icon: <Moon className={ICON} /> },
              ]}
            />
            <Radios
              label="Density"
              about="Compact shows more rows at once."
              value={density}
              change={setDensity}
              options={[
                { value: 'comfortable', name: 'Comfortable' },
                { value: 'compact', name: 'Compact' },
              ]}
            />
          </div>
        </PanelBody>
      </Panel>
      <Panel title="Keyboard" anchor="keyboard">
        <PanelBody>
          <Switch
            label="Keys of a single sign"
            about="C makes a task, J goes to the next line. Switch them off if you speak to your
              machine, or hit keys by accident; keys with Ctrl or Command always work."
            isOn={keys === 'on'}
            change={(isOn) => {
              setSingleKeys(isOn ? 'on' : 'off')
              setKeys(singleKeys())
            }}
          />
        </PanelBody>
      </Panel>
    </SettingsPage>
  )
}
