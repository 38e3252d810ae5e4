import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { Person } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { lastProject } from '../../work/last-project.ts'
import { Inside } from './inside.tsx'
import { Step } from './step.tsx'
import { STEPS, type StepName, useProgress } from './use-progress.ts'
import type { Place } from './views.ts'
import { WhatsNext } from './whats-next.tsx'

const TITLE = 'Set up the hall'

/** Leads a new hall to its first work: what is here already, a project, an agent. */
export const StartPage = () => {
  const hall = useHall()
  const progress = useProgress()
  usePageTitle(TITLE)
  useEffect(() => hall.listen(), [hall])
  return (
    <main className="min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid max-w-2xl grid-cols-[minmax(0,1fr)] gap-4 px-4 py-6">
        {progress === null ? <p className="sr-only">Loading</p> : <Steps progress={progress} />}
      </div>
    </main>
  )
}

type Progress = NonNullable<ReturnType<typeof useProgress>>

const TITLES: Record<StepName, string> = {
  machine: 'What is on this machine',
  project: 'A first project',
  agent: 'An agent',
}

const Steps = ({ progress }: Readonly<{ progress: Progress }>) => {
  const { me, projects, handles, silent, isMine, isDone, first } = progress
  const navigate = useNavigate()
  const { step } = useSearch({ from: '/session/frame/start' })
  const [place, setPlace] = useState<Place | null>(null)
  const [made, setMade] = useState<string | null>(null)
  const [programs, setPrograms] = useState<readonly string[]>([])
  const [isOn, setIsOn] = useState(false)
  const setOn = useCallback(() => setIsOn(true), [])
  const wanted = made ?? lastProject()
  const project = projects.find(({ key }) => key === wanted) ?? projects[0] ?? null
  const open = step ?? first
  const go = (to: StepName): void => {
    navigate({ to: '/start', search: { step: to } }).catch(() => {})
  }
  const leave = (): void => {
    const to = { to: '/p/$project/board', params: { project: project?.key ?? '' } } as const
    navigate(project === null ? { to: '/' } : to).catch(() => {})
  }
  const summaries: Record<StepName, string> = {
    machine: open === 'machine' ? '' : 'optional',
    project: namesOf(projects.map(({ name }) => name)),
    agent: namesOf(handles.map((handle) => `@${handle}`)),
  }
  const isOver = step === undefined && first === null
  return (
    <>
      <Head isOver={isOver} />
      {isOver && <WhatsNext project={project} me={me} />}
      <ol className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <Step number={1} title="You" isDone summary={<Whose me={me} />} />
        {STEPS.filter((name) => isMine[name]).map((name, at) => (
          <Step
            key={name}
            number={at + 2}
            title={TITLES[name]}
            isDone={isDone[name] || (name === 'agent' && isOn)}
            isOpen={open === name}
            summary={summaries[name]}
            open={() => go(name)}
          >
            <Inside
              {...{ name, project, place, programs, silent, go, leave }}
              {...{ setPlace, setMade, setPrograms, setOn }}
              isFirst={handles.length === 0}
            />
          </Step>
        ))}
      </ol>
      {!isOver && !(open === 'agent' && project !== null) && (
        <div>
          <Button onClick={leave}>{project === null ? 'Leave for now' : 'Go to the board'}</Button>
        </div>
      )}
    </>
  )
}

const Head = ({ isOver }: Readonly<{ isOver: boolean }>) => (
  <header>
    <h1 className="text-figure font-semibold">{isOver ? 'The hall is set up' : TITLE}</h1>
    <p className="mt-1 text-text-2">
      {isOver
        ? 'Nothing is left to do here. What you may want next:'
        : 'It takes about a minute. Each step can be left out and done later on this page.'}
    </p>
  </header>
)

const NAMES_SHOWN = 2

/** Says some names in a line: two of them, and how many more there are. */
const namesOf = (names: readonly string[]): string => {
  const more = names.length - NAMES_SHOWN
  const said = names.slice(0, NAMES_SHOWN).join(', ')
  return more > 0 ? `${said} and ${more} more` : said
}

const Whose = ({ me }: Pick<Progress, 'me'>) => (
  <span className="inline-flex max-w-full items-center gap-2 align-bottom">
    <Person handle={me.handle} />
    <span className="truncate">of {me.organisation.name}</span>
  </span>
)
