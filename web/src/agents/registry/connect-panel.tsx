import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { Checks } from '../../ui/form/checks.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { ConnectSteps } from './connect-steps.tsx'
import type { MadeKey } from './views.ts'

const isMade = shape<MadeKey>('handle', 'key')

/** Leads from a name to an agent that is connected: its key, its configuration, its first word. */
export const ConnectPanel = ({ close }: Readonly<{ close(): void }>) => {
  const [made, setMade] = useState<MadeKey | null>(null)
  return (
    <Panel
      title="Connect an agent"
      about={
        made === null
          ? 'It gets a key of its own, which is shown this one time.'
          : `@${made.handle} is made. Now its program has to know the way here.`
      }
    >
      <PanelBody>
        {made === null ? (
          <MakeAgent made={setMade} close={close} />
        ) : (
          <ConnectSteps made={made} close={close} />
        )}
      </PanelBody>
    </Panel>
  )
}

type MakeAgentProps = Readonly<{ made(agent: MadeKey): void; close(): void }>

const MakeAgent = ({ made, close }: MakeAgentProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const known = useProjects() ?? []
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  // Where there is one project only, nobody means another.
  const projects = chosen ?? (known.length === 1 ? known.map(({ key }) => key) : [])
  const make = async (): Promise<void> => {
    if (projects.length === 0) {
      const said = 'Tick at least one project: an agent works in projects only.'
      return deed.object({ said, field: null, code: 'web.no_project' })
    }
    made(await api.write('/agents', { name, projects }, isMade))
  }
  return (
    <Form
      deed={deed}
      act={make}
      button="Make the agent"
      fields={['name']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      <Field
        label="Name"
        about="What people call it, such as dev-1."
        value={name}
        change={setName}
        problem={problemAt(deed, 'name')}
        maxLength={80}
        required
        first
      />
      <Checks
        label="It works in"
        options={known.map((project) => ({
          value: project.key,
          name: `${project.name} (${project.key})`,
        }))}
        chosen={projects}
        change={setChosen}
      />
    </Form>
  )
}
