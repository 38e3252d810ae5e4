import { Plus } from 'lucide-react'
import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { Panel, PanelBody, PanelEmpty, PanelItem, PanelList } from '../../ui/panel.tsx'
import { TeamMembers } from './team-members.tsx'
import { isTeams } from './views.ts'

/** Shows the teams and who is in them. */
export const TeamsPanel = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const mayWrite = mayHere(me, 'team:write')
  const read = useRead('/teams?limit=100', isTeams)
  const { data, again } = read
  const [isOpen, setOpen] = useState(false)
  const items = data?.items ?? []
  return (
    <Panel
      title="Teams"
      anchor="teams"
      about="People who look after projects together."
      read={read}
      action={
        mayWrite &&
        !isOpen && (
          <Button onClick={() => setOpen(true)}>
            <Plus className="size-4" />
            New team
          </Button>
        )
      }
    >
      {isOpen && (
        <PanelBody>
          <NewTeam made={again} close={() => setOpen(false)} />
        </PanelBody>
      )}
      {data !== null && items.length === 0 && <PanelEmpty>There is no team yet.</PanelEmpty>}
      {items.length > 0 && (
        <PanelList label="Teams">
          {items.map((team) => (
            <PanelItem
              key={team.key}
              name={
                <>
                  {team.name} <Badge>{team.key}</Badge>
                </>
              }
              about={
                team.projects.length === 0
                  ? 'Looks after no project'
                  : `Looks after ${team.projects.join(', ')}`
              }
              more={<TeamMembers team={team} mayWrite={mayWrite} changed={again} />}
            />
          ))}
        </PanelList>
      )}
    </Panel>
  )
}

const NewTeam = ({ made, close }: Readonly<{ made(): void; close(): void }>) => {
  const { api } = useHall()
  const deed = useDeed()
  const [name, setName] = useState('')
  const [key, setKey] = useState<string | null>(null)
  const shownKey = key ?? keyFor(name)
  const make = async (): Promise<void> => {
    await api.write('/teams', { key: shownKey, name }, anything)
    made()
    close()
  }
  return (
    <Form
      deed={deed}
      act={make}
      button="Make the team"
      fields={['name', 'key']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Name"
          value={name}
          change={setName}
          problem={problemAt(deed, 'name')}
          maxLength={80}
          required
          first
        />
        <Field
          label="Key"
          about="Small letters, as in platform."
          value={shownKey}
          change={setKey}
          problem={problemAt(deed, 'key')}
          required
        />
      </div>
    </Form>
  )
}

const keyFor = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 39)
