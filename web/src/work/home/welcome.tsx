import { useState } from 'react'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { Page } from '../../shell/page.tsx'
import { Button } from '../../ui/button.tsx'
import { CreateProject } from '../create-project.tsx'

const ABOUT =
  'There is no project yet. A project is one board that people and agents work on together.'

/** Shows how to begin where there is no project yet. */
export const Welcome = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [isOpen, setOpen] = useState(false)
  const mayCreate = me?.permissions.includes('project:create') ?? false
  return (
    <Page title="Home" heading="Welcome to the hall" about={ABOUT}>
      {mayCreate && (
        <div>
          <Button look="filled" onClick={() => setOpen(true)}>
            Create a project
          </Button>
        </div>
      )}
      <div>
        <p className="text-list text-text-2">Or bring a backlog along, from the command line:</p>
        <pre
          className="mt-2 max-w-xl overflow-x-auto rounded-card border border-line bg-sunken p-3
            font-mono text-meta"
        >
          {'guildhall import beads FILE\nguildhall import backlog-md DIR'}
        </pre>
      </div>
      {isOpen && <CreateProject close={() => setOpen(false)} />}
    </Page>
  )
}
