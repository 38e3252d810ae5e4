import { useProjects } from '../../live/use-hall.ts'
import { Field } from '../../ui/form/field.tsx'
import { ProjectChecks } from '../../ui/form/project-checks.tsx'
import { Select } from '../../ui/form/select.tsx'

/** Stands for an agent that is made for the program. */
export const NEW_AGENT = '+'

type AgentChoiceProps = Readonly<{
  agents: readonly Readonly<{ handle: string; projects: readonly string[] }>[]
  agent: string
  changeAgent(handle: string): void
  name: string
  changeName(name: string): void
  projects: readonly string[]
  changeProjects(projects: readonly string[]): void
}>

/** Lets a person say as which of their agents a program acts, and where. */
export const AgentChoice = (props: AgentChoiceProps) => {
  const { agents, agent, name, projects } = props
  const known = useProjects() ?? []
  const isNew = agent === NEW_AGENT
  const own = agents.find(({ handle }) => handle === agent)?.projects ?? []
  const places = known.filter(({ key }) => isNew || own.includes(key))
  const choose = (handle: string): void => {
    props.changeAgent(handle)
    props.changeProjects([])
  }
  return (
    <>
      <Select
        label="It acts as"
        about="What it does is recorded under this agent, in your name."
        value={agent}
        change={choose}
        options={[
          ...agents.map(({ handle, projects: keys }) => ({
            value: handle,
            name: `@${handle} (${keys.join(', ') || 'no project'})`,
          })),
          { value: NEW_AGENT, name: 'A new agent' },
        ]}
      />
      {isNew && (
        <Field
          label="Name of the new agent"
          value={name}
          change={props.changeName}
          maxLength={80}
          required
        />
      )}
      <ProjectChecks
        label={isNew ? 'In the projects' : 'Only in these projects (none ticked: all of its own)'}
        projects={places}
        chosen={projects}
        change={props.changeProjects}
      />
    </>
  )
}
