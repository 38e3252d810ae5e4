import { useState } from 'react'
import { shape } from '../../live/api.ts'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { ProjectChecks } from '../../ui/form/project-checks.tsx'
import { Select } from '../../ui/form/select.tsx'
import { type Role, rolesFor } from './views.ts'

type Invited = Readonly<{ email: string; link: string; mailed: boolean }>

const isInvited = shape<Invited>('email', 'link', 'mailed')
const USUAL = { org: 'member', project: 'developer' } as const

type InviteFormProps = Readonly<{ roles: readonly Role[]; made(): void; close(): void }>

/** Makes an invitation, and shows its link the one time that it can be seen. */
export const InviteForm = ({ roles, made, close }: InviteFormProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const known = useProjects() ?? []
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<string>(USUAL.org)
  const [projects, setProjects] = useState<readonly string[]>([])
  const [inProjects, setInProjects] = useState<string>(USUAL.project)
  const [invited, setInvited] = useState<Invited | null>(null)
  const invite = async (): Promise<void> => {
    const places = projects.map((project) => ({ project, role: inProjects }))
    const input = { email, role, projects: places }
    setInvited(await api.write('/invitations', input, isInvited))
    made()
  }
  if (invited !== null) {
    return (
      <div className="grid gap-3">
        <p className="text-text-2">
          {invited.mailed ? 'The link was mailed. You can also give it to ' : 'Give this link to '}
          {invited.email} yourself. It is shown only now, and lets one person in.
        </p>
        <CopyBox label="Invitation link" text={invited.link}>
          <Button look="filled" onClick={close}>
            Done
          </Button>
        </CopyBox>
      </div>
    )
  }
  const places = rolesFor(roles, 'project')
  return (
    <Form
      deed={deed}
      act={invite}
      button="Invite"
      fields={['email']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="E-mail"
          type="email"
          value={email}
          change={setEmail}
          problem={problemAt(deed, 'email')}
          required
          first
        />
        <Select
          label="Role in the organisation"
          value={role}
          change={setRole}
          options={rolesFor(roles, 'org')}
        />
      </div>
      {places.length > 0 && (
        <ProjectChecks
          label="And in these projects"
          projects={known}
          chosen={projects}
          change={setProjects}
        />
      )}
      {projects.length > 0 && (
        <Select label="as" value={inProjects} change={setInProjects} options={places} />
      )}
    </Form>
  )
}
