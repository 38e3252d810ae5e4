import { X } from 'lucide-react'
import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { IconButton } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { projectOptions } from '../../ui/form/project-checks.tsx'
import { Select } from '../../ui/form/select.tsx'
import { type Member, type Role, rolesFor } from './views.ts'

const EVERYWHERE = ''
// No role is the first choice: it would be the owner's.
const NO_ROLE = { value: '', name: 'Choose a role' } as const

type RoleFormProps = Readonly<{ person: Member; roles: readonly Role[]; changed(): void }>

/** Shows somebody's roles; gives and takes them. */
export const RoleForm = ({ person, roles, changed }: RoleFormProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const projects = useProjects() ?? []
  const [project, setProject] = useState(EVERYWHERE)
  const options = rolesFor(roles, project === EVERYWHERE ? 'org' : 'project')
  const [role, setRole] = useState('')
  const chosen = options.some(({ value }) => value === role) ? role : NO_ROLE.value
  const path = `/principals/${person.handle}/roles`
  const give = async (): Promise<void> => {
    if (chosen === NO_ROLE.value) throw new Error('Choose a role first.')
    const input = { role: chosen, ...(project !== EVERYWHERE && { project }) }
    await api.write(path, input, anything)
    changed()
  }
  const take = async (key: string, place: string | null): Promise<void> => {
    const about = place === null ? '' : `?project=${place}`
    await api.change(['DELETE', `${path}/${key}${about}`], null, anything)
    changed()
  }
  return (
    <div className="grid gap-2">
      <ul aria-label={`Roles of @${person.handle}`} className="flex flex-wrap gap-1.5">
        {person.roles.map(({ role: key, project: place }) => (
          <li
            key={`${key} ${place}`}
            className="inline-flex items-center gap-1 rounded-control border border-line pl-2"
          >
            {key}
            {place !== null && ` in ${place}`}
            <IconButton
              label={`Take ${key}${place === null ? '' : ` in ${place}`} away`}
              onClick={() => deed.run(() => take(key, place))}
            >
              <X className="size-3.5" />
            </IconButton>
          </li>
        ))}
      </ul>
      {options.length > 0 && (
        <Form deed={deed} act={give} button="Give the role" calm>
          <div className="grid gap-3 sm:grid-cols-2">
            <Select
              label="Where"
              value={project}
              change={setProject}
              options={[
                { value: EVERYWHERE, name: 'The whole organisation' },
                ...projectOptions(projects),
              ]}
            />
            <Select label="Role" value={chosen} change={setRole} options={[NO_ROLE, ...options]} />
          </div>
        </Form>
      )}
    </div>
  )
}
