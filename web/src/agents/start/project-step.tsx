import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { anything, shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { CreateProject } from '../../work/create-project.tsx'
import { DEMO } from '../../work/import/demo.ts'
import { ImportFlow } from '../../work/import/import-flow.tsx'
import { PickFiles } from '../../work/import/pick-files.tsx'
import { type Source, sourceOf } from '../../work/import/source.ts'
import { isBacklog, type Place } from './views.ts'

type ProjectStepProps = Readonly<{
  /** A repository that was found, whose backlog is wanted. */
  place: Place | null
  forget(): void
  /** Hears the key of the project that was made. */
  done(project: string | null): void
}>

const isProject = shape<Project>('key', 'name')

/** Makes the first project: of a backlog, with examples, or empty. */
export const ProjectStep = ({ place, forget, done }: ProjectStepProps) => {
  const { api, start } = useHall()
  const deed = useDeed()
  const [source, setSource] = useState<Source | null>(null)
  const [isEmpty, setEmpty] = useState(false)
  const demo = async (): Promise<void> => {
    const { key, name, tasks } = DEMO
    await api.write('/projects', { key, name }, isProject)
    await api.write('/tasks', { project: key, items: tasks }, anything)
    await start()
    done(key)
  }
  if (source !== null) {
    const cancel = (): void => {
      setSource(null)
      forget()
    }
    return <ImportFlow source={source} suggested={place?.name ?? ''} done={done} cancel={cancel} />
  }
  if (place !== null) return <FoundBacklog place={place} found={setSource} forget={forget} />
  return (
    <div className="grid gap-5">
      <Choice title="Bring a backlog along">
        <PickFiles picked={setSource} />
      </Choice>
      <Choice title="Try it with a demo">
        <p className="mb-2 text-list text-text-2">
          A small project with eight tasks, for people and agents to try things with.
        </p>
        <Said deed={deed} />
        <Button disabled={deed.isBusy} onClick={() => deed.run(demo)}>
          Make the demo project
        </Button>
      </Choice>
      <Choice title="Begin with nothing">
        <Button onClick={() => setEmpty(true)}>Empty project …</Button>
      </Choice>
      {isEmpty && <CreateProject close={() => setEmpty(false)} made={done} />}
    </div>
  )
}

type FoundBacklogProps = Readonly<{ place: Place; found(source: Source): void; forget(): void }>

const FoundBacklog = ({ place: { path }, found, forget }: FoundBacklogProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const { run } = deed
  const read = useCallback(async (): Promise<void> => {
    const { files } = await api.write('/machine/backlog', { path }, isBacklog)
    const source = sourceOf(files)
    if (source === null) throw new Error('This backlog cannot be read.')
    found(source)
  }, [api, path, found])
  useEffect(() => run(read), [run, read])
  return (
    <div className="grid gap-3">
      <p role="status" className="text-list break-words text-text-2" dir="auto">
        {deed.trouble === null ? 'Reading' : 'There is a backlog in'} {path}
      </p>
      <Said deed={deed} />
      {deed.trouble !== null && (
        <div className="flex gap-2">
          <Button onClick={() => run(read)}>Try again</Button>
          <Button onClick={forget}>Choose another</Button>
        </div>
      )}
    </div>
  )
}

const Choice = ({ title, children }: Readonly<{ title: string; children: ReactNode }>) => (
  <section>
    <h3 className="mb-2 font-medium">{title}</h3>
    {children}
  </section>
)

const Said = ({ deed }: Readonly<{ deed: ReturnType<typeof useDeed> }>) => (
  <p role="alert" className="text-list text-bad empty:hidden">
    {deed.trouble?.said}
  </p>
)
