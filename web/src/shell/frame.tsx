import { Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { projectOf } from '../live/cards.ts'
import { mayHere } from '../live/own/rights.ts'
import { useHall, useProject, useProjects, useTopic } from '../live/use-hall.ts'
import { focusPage } from '../ui/dialog.tsx'
import { ErrorState } from '../ui/state/error-state.tsx'
import { useTitleCount } from '../ui/use-page-title.ts'
import { CreateTask } from '../work/board/create-task.tsx'
import { CreateProject } from '../work/create-project.tsx'
import { lastProject } from '../work/last-project.ts'
import { BottomBar } from './bottom-bar.tsx'
import { KeySheet } from './key-sheet.tsx'
import { listenForKeys } from './keys.ts'
import { Nav } from './nav.tsx'
import { NoticeList } from './notices.tsx'
import { fetchPalette, PaletteHost } from './palette-host.tsx'
import { useCommands } from './palette/commands.ts'
import type { PageActs } from './palette/page-commands.ts'
import { useInboxCount } from './place-link.tsx'
import { useSignOut } from './session.tsx'
import { HaltPart, StopPart } from './stop/stop-parts.tsx'
import { useMayStop } from './stop/use-may-stop.ts'
import { TopBar } from './top-bar.tsx'
import { useFrameKeys, useGo } from './use-frame-keys.ts'
import { useKnownSearch } from './use-known-search.ts'

// The first look at the page comes first; the palette is there before it is wanted.
const PALETTE_AFTER_MS = 1500

type Open =
  | Readonly<{ kind: 'keys' | 'project' | 'task' | 'stop' }>
  | Readonly<{ kind: 'palette'; task: string | null }>

/** Shows the frame around every page: navigation, notices, dialogs of the whole page. */
export const Frame = () => {
  const signOut = useSignOut()
  const project = useCurrentProject()
  const known = useKnownProject(project)
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  const task = useTaskInSight()
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const mayCreate = mayHere(me, 'project:create')
  const showKeys = (): void => setOpen({ kind: 'keys' })
  const newProject = (): void => setOpen({ kind: 'project' })
  const mayStop = useMayStop()
  const stopAll = (): void => setOpen({ kind: 'stop' })
  const search = (): void => setOpen({ kind: 'palette', task: task() })
  useTitleCount(useInboxCount())
  useKnownSearch()
  useEffect(listenForKeys, [])
  usePaletteSoon()
  useFrameKeys({
    project: known?.key ?? null,
    palette: search,
    sheet: showKeys,
    create: known?.mayWrite ? () => setOpen({ kind: 'task' }) : null,
  })
  useCommands('Commands', [
    {
      id: 'project.new',
      label: 'New project',
      words: 'create board',
      when: () => mayCreate,
      run: newProject,
    },
    {
      id: 'agents.stop',
      label: 'Stop all agents …',
      words: 'halt emergency pause resume let work again',
      when: () => mayStop,
      run: stopAll,
    },
  ])
  const acts = usePageActs({ project: known?.key ?? null, signOut })
  const navActs = { showKeys, newProject, search, stopAll, signOut }
  return (
    <div className="flex h-full max-lg:flex-col">
      <SkipLink />
      <Nav project={project} {...navActs} />
      <TopBar project={project} search={search} />
      <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
        <HaltPart />
        <div className="flex min-h-0 min-w-0 flex-1">
          <Page />
        </div>
        <NoticeList />
      </div>
      <BottomBar project={project ?? known?.key ?? null} {...navActs} />
      {open?.kind === 'keys' && <KeySheet close={close} />}
      {open?.kind === 'project' && <CreateProject close={close} />}
      {open?.kind === 'stop' && <StopPart close={close} />}
      {open?.kind === 'task' && known && <NewTask project={known.key} close={close} />}
      {open?.kind === 'palette' && (
        <PaletteHost acts={acts} project={known?.key ?? null} task={open.task} close={close} />
      )}
    </div>
  )
}

const SkipLink = () => (
  <button
    type="button"
    onClick={focusPage}
    className="fixed top-2 left-2 z-30 rounded-control border border-line bg-raised px-3 py-1.5
      text-list shadow-popover not-focus-visible:sr-only"
  >
    Skip to the page
  </button>
)

const Page = () => {
  const hall = useHall()
  const trouble = useTopic('me', hall.trouble)
  if (trouble === null) return <Outlet />
  return (
    <ErrorState
      title="The hall does not answer"
      said={trouble}
      again={() => {
        hall.start().catch(() => {})
      }}
    />
  )
}

type NewTaskProps = Readonly<{ project: string; close(): void }>

const NewTask = ({ project: key, close }: NewTaskProps) => {
  const navigate = useNavigate()
  const project = useProject(key)
  if (project === undefined) return null
  return (
    <CreateTask
      project={project}
      column={undefined}
      close={close}
      made={(made) => {
        close()
        navigate({ to: '/t/$key', params: { key: made } }).catch(() => {})
      }}
    />
  )
}

/** Gives the key of the project that the address is about. */
export const useCurrentProject = (): string | null => {
  const { project, key } = useParams({ strict: false })
  return project ?? (key === undefined ? null : projectOf(key))
}

/** Gives the project that keys and commands are about: that of the address, else the last one. */
const useKnownProject = (current: string | null) => {
  const hall = useHall()
  const projects = useProjects()
  const wanted = current ?? lastProject()
  const project = projects?.find(({ key }) => key === wanted) ?? projects?.[0]
  if (project === undefined) return null
  return { key: project.key, mayWrite: hall.may('task:write', project.key) }
}

/** Gives what finds the task that a person means: the card with the focus, else the open one. */
const useTaskInSight = (): (() => string | null) => {
  const { key } = useParams({ strict: false })
  return () => {
    const card = document.activeElement?.closest('[data-card]')
    const focused = card instanceof HTMLElement ? card.dataset['card'] : undefined
    return focused ?? key ?? null
  }
}

const usePaletteSoon = (): void => {
  useEffect(() => {
    const timer = setTimeout(fetchPalette, PALETTE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
}

type ActsWish = Readonly<{ project: string | null; signOut(): void }>

const usePageActs = ({ project, signOut }: ActsWish): PageActs => {
  const navigate = useNavigate()
  const go = useGo(project)
  return useMemo(
    () => ({
      go,
      signOut,
      openProject(key) {
        navigate({ to: '/p/$project/board', params: { project: key } }).catch(() => {})
      },
      openSettings(to, hash) {
        navigate({ to, ...(hash !== undefined && { hash }) }).catch(() => {})
      },
    }),
    [go, signOut, navigate],
  )
}
