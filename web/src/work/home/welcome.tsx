import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { Page } from '../../shell/page.tsx'
import { Button } from '../../ui/button.tsx'
import { CreateProject } from '../create-project.tsx'

const ABOUT =
  'There is no project yet. A project is one board that people and agents work on together.'
const WAIT = 'Whoever set up this hall makes one; it will be here by itself.'

/** Shows how to begin where there is no project yet. */
export const Welcome = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [isOpen, setOpen] = useState(false)
  const mayCreate = mayHere(me, 'project:create')
  return (
    <Page title="Home" heading="Welcome to the hall" about={ABOUT}>
      {mayCreate ? (
        <div className="flex flex-wrap gap-2">
          <Link
            to="/start"
            className="inline-flex h-8 items-center rounded-control bg-accent px-2.5 text-list
              font-medium text-on-accent hover:opacity-90"
          >
            Set up the hall
          </Link>
          <Button onClick={() => setOpen(true)}>Create a project</Button>
        </div>
      ) : (
        me !== null && <p className="text-list text-text-2">{WAIT}</p>
      )}
      {mayCreate && (
        <p className="text-list text-text-2">
          Setting up takes a minute: bring a backlog along or begin with a demo, then connect an
          agent.
        </p>
      )}
      {isOpen && <CreateProject close={() => setOpen(false)} />}
    </Page>
  )
}
