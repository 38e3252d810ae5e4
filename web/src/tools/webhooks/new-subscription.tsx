import { useState } from 'react'
import { useHall, useProjects } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { CopyBox } from '../../ui/copy-box.tsx'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { ProjectChecks } from '../../ui/form/project-checks.tsx'
import { isNewSubscription } from './views.ts'

type NewSubscriptionProps = Readonly<{ made(): void; close(): void }>

const EVENTS_USUAL = 'work.task_*'

/** Sends events to somebody outside from now on, and shows the secret they are signed with. */
export const NewSubscription = ({ made, close }: NewSubscriptionProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const known = useProjects() ?? []
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState(EVENTS_USUAL)
  const [projects, setProjects] = useState<readonly string[]>([])
  const [secret, setSecret] = useState<string | null>(null)
  const make = async (): Promise<void> => {
    const patterns = events.split(/[\s,]+/).filter((one) => one !== '')
    const input = { name, url, events: patterns, ...(projects.length > 0 && { projects }) }
    setSecret((await api.write('/subscriptions', input, isNewSubscription)).secret)
    made()
  }
  if (secret !== null) {
    return (
      <div className="grid gap-3">
        <p className="text-text-2">
          Deliveries are signed with this, as Standard Webhooks. It is never shown again.
        </p>
        <CopyBox label="Secret" text={secret}>
          <Button look="filled" onClick={close}>
            I have kept it
          </Button>
        </CopyBox>
      </div>
    )
  }
  return (
    <Form
      deed={deed}
      act={make}
      button="Send events"
      fields={['name', 'url', 'events', 'events[0]']}
      aside={
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      }
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Name"
          about="Who receives them, so that you know it again."
          value={name}
          change={setName}
          problem={problemAt(deed, 'name')}
          maxLength={80}
          required
          first
        />
        <Field
          label="Address"
          about="Only its host is ever shown again."
          type="url"
          value={url}
          change={setUrl}
          problem={problemAt(deed, 'url')}
          maxLength={2_000}
          required
        />
        <Field
          label="Events"
          about="Names such as work.task_moved, or beginnings such as work.*"
          value={events}
          change={setEvents}
          problem={problemAt(deed, 'events') ?? problemAt(deed, 'events[0]')}
          required
        />
      </div>
      <ProjectChecks
        label="Only of these projects (none ticked: all that you may read)"
        projects={known}
        chosen={projects}
        change={setProjects}
      />
    </Form>
  )
}
