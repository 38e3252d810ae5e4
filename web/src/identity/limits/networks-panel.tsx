import { useId, useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
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
        <NetList
          key={kind}
          label={label}
          about={about}
          value={texts[kind]}
          problem={problemAt(deed, kind)}
          isFixed={!mayChange}
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

type NetListProps = Readonly<{
  label: string
  about: string
  value: string
  problem: string | null
  isFixed: boolean
  change(text: string): void
}>

const NetList = ({ label, about, value, problem, isFixed, change }: NetListProps) => {
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="text-list font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={3}
        value={value}
        readOnly={isFixed}
        spellCheck={false}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-about`}
        placeholder={isFixed ? 'Anywhere' : '10.0.0.0/8'}
        onChange={({ target }) => change(target.value)}
        className="mt-1 block w-full rounded-control border border-edge bg-surface px-2.5 py-1.5
          font-mono text-list aria-invalid:border-bad"
      />
      <p id={`${id}-about`} className="mt-1 text-meta text-text-3">
        {about} One network in a line.
      </p>
      {problem !== null && (
        <p role="alert" className="mt-1 text-meta text-bad">
          {problem}
        </p>
      )}
    </div>
  )
}
