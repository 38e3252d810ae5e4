import { Ellipsis, Keyboard, LogOut, OctagonX, Plus } from 'lucide-react'
import { useState } from 'react'
import { mayHere } from '../live/own/rights.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { Person } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import type { NavActs } from './nav.tsx'
import { BarLink, PlaceLink } from './place-link.tsx'
import { type Place, placesFor } from './places.ts'
import { useMayStop } from './stop/use-may-stop.ts'

type BottomBarProps = NavActs & Readonly<{ project: string | null }>

const IN_BAR: ReadonlySet<string> = new Set(['home', 'inbox', 'board'])

/** Stands in for the navigation where the screen is narrow. */
export const BottomBar = (props: BottomBarProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [isOpen, setOpen] = useState(false)
  const { project } = props
  const places = placesFor(me, project)
  return (
    <nav
      aria-label="Main"
      className="flex h-14 shrink-0 border-t border-line bg-surface lg:hidden
        pb-[env(safe-area-inset-bottom)]"
    >
      {places
        .filter(({ id }) => IN_BAR.has(id))
        .map((place) => (
          <BarLink key={place.id} place={place} project={project} />
        ))}
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className="flex flex-1 flex-col items-center justify-center gap-0.5 text-meta text-text-2"
      >
        <Ellipsis aria-hidden="true" className="size-5" />
        More
      </button>
      {isOpen && (
        <More
          {...props}
          places={places.filter(({ id }) => !IN_BAR.has(id))}
          close={() => setOpen(false)}
        />
      )}
    </nav>
  )
}

type MoreProps = BottomBarProps & Readonly<{ places: readonly Place[]; close(): void }>

const More = (props: MoreProps) => {
  const { places, project, close, showKeys, newProject, stopAll, signOut } = props
  const hall = useHall()
  const mayStop = useMayStop()
  const me = hall.me()
  const after = (act: () => void) => (): void => {
    close()
    act()
  }
  return (
    <Dialog title="More" close={close}>
      {/* Whatever was chosen, the sheet has done its work. */}
      <ul
        className="grid gap-px p-2"
        onClick={({ target }) => target instanceof Element && target.closest('a') && close()}
      >
        {places.map((place) => (
          <li key={place.id}>
            <PlaceLink place={place} project={project} />
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-2 border-t border-line p-3">
        {me && <Person handle={me.handle} />}
        <span className="ml-auto flex flex-wrap gap-2">
          {mayHere(me, 'project:create') && (
            <Button onClick={after(newProject)}>
              <Plus className="size-4" /> New project
            </Button>
          )}
          {mayStop && (
            <Button onClick={after(stopAll)}>
              <OctagonX className="size-4" /> Stop all agents …
            </Button>
          )}
          <Button className="pointer-coarse:hidden" onClick={after(showKeys)}>
            <Keyboard className="size-4" /> Keys
          </Button>
          <Button onClick={signOut}>
            <LogOut className="size-4" /> Sign out
          </Button>
        </span>
      </div>
    </Dialog>
  )
}
