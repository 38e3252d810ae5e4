import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { Select } from '../../ui/form/select.tsx'

type Rules = Readonly<{ secondFactor: string; version: number }>

const isRules = shape<Rules>('secondFactor', 'version')
const OPTIONS = [
  { value: 'required', name: 'Everybody' },
  { value: 'admins', name: 'Owners and administrators' },
  { value: 'optional', name: 'Whoever wants to' },
] as const

/** Shows who has to have a second factor. */
export const RulesPanel = ({ mayChange }: Readonly<{ mayChange: boolean }>) => {
  const read = useRead('/settings/sign-in', isRules)
  const { data, again } = read
  return (
    <Panel
      title="Sign-in"
      anchor="sign-in"
      about="How people have to sign in, from their next time on."
      read={read}
    >
      {data !== null && (
        <PanelBody>
          <RulesForm key={data.version} rules={data} mayChange={mayChange} changed={again} />
        </PanelBody>
      )}
    </Panel>
  )
}

type RulesFormProps = Readonly<{ rules: Rules; mayChange: boolean; changed(): void }>

const RulesForm = ({ rules, mayChange, changed }: RulesFormProps) => {
  const { api, notices } = useHall()
  const deed = useDeed()
  const [secondFactor, setSecondFactor] = useState(rules.secondFactor)
  const save = async (): Promise<void> => {
    const input = { secondFactor, version: rules.version }
    await api.change(['PUT', '/settings/sign-in'], input, isRules)
    notices.show('ok', 'The sign-in settings are saved.')
    changed()
  }
  const choice = (
    <Select
      label="Who needs a second factor"
      value={secondFactor}
      change={setSecondFactor}
      options={OPTIONS}
      disabled={!mayChange}
    />
  )
  if (!mayChange) return choice
  return (
    <Form deed={deed} act={save} button="Save" calm>
      {choice}
    </Form>
  )
}
