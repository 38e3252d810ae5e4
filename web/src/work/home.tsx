import { Navigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useHall, useProjects, useTopic } from '../live/use-hall.ts'
import { Button } from '../ui/button.tsx'
import { CreateProject } from './create-project.tsx'
import { lastProject } from './last-project.ts'

/** Shows the board that was open last, or how to begin where there is none. */
export const Home = () => {
  const projects = useProjects()
  if (projects === null) return <p className="sr-only">Loading</p>
  const last = lastProject()
  const project = projects.find(({ key }) => key === last) ?? projects[0]
  if (project === undefined) return <Welcome />
  return <Navigate to="/p/$project/board" params={{ project: project.key }} replace />
}

const Welcome = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [isOpen, setOpen] = useState(false)
  const mayCreate = me?.permissions.includes('project:create') ?? false
  return (
    <main className="m-auto max-w-md p-6">
      <h1 className="text-figure font-semibold">Welcome to the hall</h1>
      <p className="mt-2 text-text-2">
        There is no project yet. A project is one board that people and agents work on together.
      </p>
      {mayCreate && (
        <Button look="filled" className="mt-4" onClick={() => setOpen(true)}>
          Create a project
        </Button>
      )}
      <p className="mt-6 text-list text-text-2">Or bring a backlog along, from the command line:</p>
      <pre
        className="mt-2 overflow-x-auto rounded-card border border-line bg-sunken p-3 font-mono
          text-meta"
      >
        {'guildhall import beads FILE\nguildhall import backlog-md DIR'}
      </pre>
      {isOpen && <CreateProject close={() => setOpen(false)} />}
    </main>
  )
}
