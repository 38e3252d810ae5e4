import { useNavigate, useSearch } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useHall, useProjects, useTopic } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { Person } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { ConnectPanel } from '../registry/connect-panel.tsx'
import { isAgents } from '../registry/views.ts'
import { MachineStep } from './machine-step.tsx'
import { ProjectStep } from './project-step.tsx'
import type { Place } from './views.ts'

const STEPS = ['machine', 'project', 'agent'] as const
type StepName = (typeof STEPS)[number]

/** Leads a new hall to its first work: what is here already, a project, an agent. */
export const StartPage = () => {
  const hall = useHall()
  const navigate = useNavigate()
  const me = useTopic('me', hall.me)
  const projects = useProjects()
  const { step } = useSearch({ from: '/session/frame/start' })
  const [place, setPlace] = useState<Place | null>(null)
  const agents = useRead('/agents?limit=1', isAgents)
  usePageTitle('Set up the hall')
  if (me === null || projects === null) return <p className="sr-only">Loading</p>
  const mayLook = me.permissions.includes('cluster:operate')
  const isDone = { machine: false, project: projects.length > 0, agent: hasAny(agents.data) }
  const open = step ?? STEPS.find((one) => !isDone[one] && (one !== 'machine' || mayLook)) ?? null
  const go = (to: StepName): void => {
    navigate({ to: '/start', search: { step: to } }).catch(() => {})
  }
  const leave = (): void => {
    const [first] = projects
    const to = { to: '/p/$project/board', params: { project: first?.key ?? '' } } as const
    navigate(first === undefined ? { to: '/' } : to).catch(() => {})
  }
  return (
    <main className="min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid max-w-2xl gap-3 px-4 py-6">
        <header>
          <h1 className="text-figure font-semibold">Set up the hall</h1>
          <p className="mt-1 text-text-2">
            Each step can be left out and done later. This page is always at /start.
          </p>
        </header>
        <ol className="grid gap-3">
          <Step title="You" isDone>
            <span className="flex items-center gap-2 text-list text-text-2">
              <Person handle={me.handle} /> of {me.organisation.name}
            </span>
          </Step>
          {mayLook && (
            <Step
              title="What is on this machine"
              isOpen={open === 'machine'}
              open={() => go('machine')}
            >
              <MachineStep
                skip={() => go('project')}
                chosen={(found) => {
                  setPlace(found)
                  go('project')
                }}
              />
            </Step>
          )}
          <Step
            title="A first project"
            isDone={isDone.project}
            isOpen={open === 'project'}
            open={() => go('project')}
          >
            <ProjectStep
              key={place?.path}
              place={place}
              forget={() => setPlace(null)}
              done={() => go('agent')}
            />
          </Step>
          <Step
            title="An agent that works in it"
            isDone={isDone.agent}
            isOpen={open === 'agent'}
            open={() => go('agent')}
          >
            {isDone.project ? (
              <ConnectPanel close={leave} />
            ) : (
              <p className="text-list text-text-2">An agent works in projects: make one first.</p>
            )}
          </Step>
        </ol>
        <div>
          <Button look={isDone.project ? 'filled' : 'plain'} onClick={leave}>
            {isDone.project ? 'Go to the board' : 'Leave for now'}
          </Button>
        </div>
      </div>
    </main>
  )
}

const hasAny = (found: Readonly<{ items: readonly unknown[] }> | null): boolean =>
  (found?.items.length ?? 0) > 0

type StepProps = Readonly<{
  title: string
  isDone?: boolean
  isOpen?: boolean
  open?: () => void
  children: ReactNode
}>

const Step = ({ title, isDone = false, isOpen = false, open, children }: StepProps) => (
  <li className="rounded-card border border-line bg-surface">
    <div className="flex min-h-12 items-center gap-3 px-4">
      <span
        className={`flex size-5 shrink-0 items-center justify-center rounded-full ${
          isDone ? 'bg-ok-soft text-ok' : 'border border-edge'
        }`}
      >
        {isDone && <Check className="size-3.5" aria-label="Done" />}
      </span>
      <h2 className="flex-1 font-medium">{title}</h2>
      {open === undefined ? (
        children
      ) : (
        <Button look="quiet" aria-expanded={isOpen} onClick={open} disabled={isOpen}>
          {isOpen ? 'Open' : isDone ? 'Once more' : 'Do it'}
        </Button>
      )}
    </div>
    {isOpen && <div className="border-t border-line p-4">{children}</div>}
  </li>
)
