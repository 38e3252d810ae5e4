import { X } from 'lucide-react'
import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { Person } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import type { Team } from './views.ts'

type TeamMembersProps = Readonly<{ team: Team; mayWrite: boolean; changed(): void }>

/** Shows who is in a team; takes people in and out. */
export const TeamMembers = ({ team, mayWrite, changed }: TeamMembersProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const [handle, setHandle] = useState('')
  const path = `/teams/${team.key}/members`
  const add = async (): Promise<void> => {
    await api.write(path, { handle }, anything)
    setHandle('')
    changed()
  }
  const remove = async (member: string): Promise<void> => {
    await api.change(['DELETE', `${path}/${member}`], null, anything)
    changed()
  }
  return (
    <div className="grid gap-2">
      <ul aria-label={`Members of ${team.name}`} className="flex flex-wrap gap-1.5 empty:hidden">
        {team.members.map((member) => (
          <li
            key={member}
            className="inline-flex h-7 items-center gap-1 rounded-control border border-line px-1.5"
          >
            <Person handle={member} />
            {mayWrite && (
              <IconButton
                label={`Take @${member} out of ${team.name}`}
                className="-mr-1.5"
                onClick={() => deed.run(() => remove(member))}
              >
                <X className="size-3.5" />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {mayWrite && (
        <details>
          <summary className="cursor-pointer text-list">Add somebody</summary>
          <div className="mt-2 max-w-xs">
            <Form deed={deed} act={add} button="Add" calm>
              <Field
                label="Handle"
                value={handle}
                change={setHandle}
                placeholder="ada"
                maxLength={40}
                required
                again
              />
            </Form>
          </div>
        </details>
      )}
    </div>
  )
}
