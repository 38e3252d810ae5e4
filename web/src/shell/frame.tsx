import { Outlet, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { projectOf } from '../live/cards.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { Button } from '../ui/button.tsx'
import { CreateProject } from '../work/create-project.tsx'
import { KeySheet } from './key-sheet.tsx'
import { listenForKeys, useKeys } from './keys.ts'
import { Nav } from './nav.tsx'
import { NoticeList } from './notices.tsx'
import { useSignOut } from './session.tsx'
import { TopBar } from './top-bar.tsx'

/** Shows the frame around every page: navigation, notices, dialogs of the whole page. */
export const Frame = () => {
  const hall = useHall()
  const signOut = useSignOut()
  const project = useCurrentProject()
  const trouble = useTopic('me', hall.trouble)
  const [dialog, setDialog] = useState<'keys' | 'project' | null>(null)
  const close = (): void => setDialog(null)
  useEffect(listenForKeys, [])
  useKeys('Everywhere', [{ keys: ['?'], label: 'Show keys', run: () => setDialog('keys') }])
  return (
    <div className="flex h-full max-lg:flex-col">
      <Nav
        project={project}
        showKeys={() => setDialog('keys')}
        newProject={() => setDialog('project')}
        signOut={signOut}
      />
      <TopBar project={project} signOut={signOut} />
      <div className="flex min-h-0 min-w-0 flex-1">
        {trouble === null ? (
          <Outlet />
        ) : (
          <div role="alert" className="m-auto grid justify-items-center gap-3 p-6">
            <p>{trouble}</p>
            <Button
              onClick={() => {
                hall.start().catch(() => {})
              }}
            >
              Try again
            </Button>
          </div>
        )}
      </div>
      <NoticeList />
      {dialog === 'keys' && <KeySheet close={close} />}
      {dialog === 'project' && <CreateProject close={close} />}
    </div>
  )
}

/** Gives the key of the project that the address is about. */
export const useCurrentProject = (): string | null => {
  const { project, key } = useParams({ strict: false })
  return project ?? (key === undefined ? null : projectOf(key))
}
