import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { SettingsPage } from '../../shell/settings-page.tsx'
import { ExportPanel } from './export-panel.tsx'
import { ImportPanel } from './import-panel.tsx'

/** Lets a person take work along as a file, and bring work in. */
export const DataPage = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [mayExport, mayImport] = [mayHere(me, 'data:export'), mayHere(me, 'data:import')]
  return (
    <SettingsPage
      title="Export and import"
      about="What is yours leaves in one file, and comes back as it was."
    >
      {me !== null && !mayExport && !mayImport && (
        <p className="text-text-2">You may neither export nor import. Ask an owner for it.</p>
      )}
      {mayExport && <ExportPanel />}
      {mayImport && <ImportPanel />}
    </SettingsPage>
  )
}
