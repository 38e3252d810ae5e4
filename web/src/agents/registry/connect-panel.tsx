import { type ReactNode, useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { ProjectChecks } from '../../ui/form/project-checks.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { ConnectSteps } from './connect-steps.tsx'
import type { MadeKey } from './views.ts'

const isMade = shape<MadeKey>('handle', 'key')

const BEFORE = 'It gets a key of its own, which is shown this one time.'
const afterwards = ({ handle }: MadeKey): string =>
  `@${handle} is made. Now its program has to know the way here.`

/** Leads from a name to an agent that is connected: its key, its configuration, its first word. */
export const ConnectPanel = ({ close }: Readonly<{ close(): void }>) => {
  const [made, setMade] = useState<MadeKey | null>(null)
  return (
    <Panel title="Connect an agent" about={made === null ? BEFORE : afterwards(made)}>
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

type ConnectHereProps = Readonly<{
  /** The project that it most likely works in. */
  project: string
  suggested: string
  /** Agent programs that are installed. */
  programs: readonly string[]
  /** Stands above as long as nothing is made. */
  before: ReactNode
  connected(): void
  close(): void
}>

/** Leads the same way inside another panel: for a page that is about more than this. */
export const ConnectHere = (props: ConnectHereProps) => {
  const { project, suggested, programs, before, connected, close } = props
  const [made, setMade] = useState<MadeKey | null>(null)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {made === null && before}
      <p className="text-list text-text-2">{made === null ? BEFORE : afterwards(made)}</p>
      {made === null ? (
        <MakeAgent made={setMade} close={close} end="Not now" {...{ project, suggested }} />
      ) : (
        <ConnectSteps {...{ made, close, programs, connected }} end="Watch it on the board" />
      )}
    </div>
  )
}

type MakeAgentProps = Readonly<{
  made(agent: MadeKey): void
  close(): void
  /** What the button says that gives it up. */
  end?: string
  suggested?: string
  project?: string
}>

const MakeAgent = (props: MakeAgentProps) => {
  const { made, close, end = 'Cancel', suggested = '', project } = props
  const { api } = useHall()
  const deed = useDeed()
  const known = useProjects() ?? []
  const [name, setName] = useState(suggested)
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  // Where there is one project only, nobody means another.
  const usual = known.filter(({ key }) => known.length === 1 || key === project)
  const projects = chosen ?? usual.map(({ key }) => key)
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
          {end}
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
      <ProjectChecks label="It works in" projects={known} chosen={projects} change={setChosen} />
    </Form>
  )
}
