import { useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { AreaField } from '../../ui/form/area-field.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { isNetworks, netsIn, type Networks } from './views.ts'

const LISTS = [
  { kind: 'web', label: 'Browsers', about: 'People who sign in.' },
  { kind: 'keys', label: 'Keys and tokens', about: 'Agents and programs.' },
  { kind: 'admin', label: 'Administration', about: 'What only people may do.' },
] as const

type Kind = (typeof LISTS)[number]['kind']

/** Shows from which networks the organisation may be used. */
export const NetworksPanel = ({ mayChange }: Readonly<{ mayChange: boolean }>) => {
  const read = useRead('/access/addresses', isNetworks)
  return (
    <Panel
      title="Networks"
      anchor="networks"
      about="From where the organisation may be used. An empty list lets everybody in."
      read={read}
    >
      {read.data !== null && (
        <PanelBody>
          <NetworksForm
            key={read.data.version}
            networks={read.data}
            mayChange={mayChange}
            changed={read.again}
          />
        </PanelBody>
      )}
    </Panel>
  )
}

type NetworksFormProps = Readonly<{ networks: Networks; mayChange: boolean; changed(): void }>

const NetworksForm = ({ networks, mayChange, changed }: NetworksFormProps) => {
  const { api, notices } = useHall()
  const deed = useDeed()
  const [texts, setTexts] = useState<Readonly<Record<Kind, string>>>({
    web: networks.web.join('\n'),
    keys: networks.keys.join('\n'),
    admin: networks.admin.join('\n'),
  })
  const save = async (): Promise<void> => {
    const { web, keys, admin } = texts
    const lists = { web: netsIn(web), keys: netsIn(keys), admin: netsIn(admin) }
    const input = { ...lists, version: networks.version }
    await api.change(['PUT', '/access/addresses'], input, isNetworks)
    notices.show('ok', 'The networks are saved.')
    changed()
  }
  const lists = (
    <div className="grid gap-3 md:grid-cols-3">
      {LISTS.map(({ kind, label, about }) => (
        <AreaField
          key={kind}
          label={label}
          about={`${about} One network in a line.`}
          value={texts[kind]}
          problem={problemAt(deed, kind)}
          placeholder={mayChange ? '10.0.0.0/8' : 'Anywhere'}
          rows={3}
          mono
          readOnly={!mayChange}
          change={(text) => setTexts({ ...texts, [kind]: text })}
        />
      ))}
    </div>
  )
  if (!mayChange) return lists
  return (
    <Form deed={deed} act={save} button="Save" fields={LISTS.map(({ kind }) => kind)} calm>
      {lists}
    </Form>
  )
}
