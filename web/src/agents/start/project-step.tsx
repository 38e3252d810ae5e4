import { type ReactNode, useState } from 'react'
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
  done(): void
}>

const isProject = shape<Project>('key', 'name')

/** Makes the first project: of a backlog, with examples, or empty. */
export const ProjectStep = ({ place, forget, done }: ProjectStepProps) => {
  const { api, start } = useHall()
  const deed = useDeed()
  const [source, setSource] = useState<Source | null>(null)
  const [isEmpty, setEmpty] = useState(false)
  const read = async ({ path }: Place): Promise<void> => {
    const { files } = await api.write('/machine/backlog', { path }, isBacklog)
    const found = sourceOf(files)
    if (found === null) throw new Error('This backlog cannot be read.')
    setSource(found)
  }
  const demo = async (): Promise<void> => {
    const { key, name, tasks } = DEMO
    await api.write('/projects', { key, name }, isProject)
    await api.write('/tasks', { project: key, items: tasks }, anything)
    await start()
    done()
  }
  if (source !== null) {
    const cancel = (): void => {
      setSource(null)
      forget()
    }
    return <ImportFlow source={source} suggested={place?.name ?? ''} done={done} cancel={cancel} />
  }
  if (place !== null) {
    return (
      <div className="grid gap-3">
        <p className="text-list break-words text-text-2" dir="auto">
          {place.path}
        </p>
        <Said deed={deed} />
        <div className="flex gap-2">
          <Button look="filled" disabled={deed.isBusy} onClick={() => deed.run(() => read(place))}>
            Read its backlog
          </Button>
          <Button onClick={forget}>Choose another</Button>
        </div>
      </div>
    )
  }
  return (
    <div className="grid gap-5">
      <Choice title="Bring a backlog along">
        <PickFiles picked={setSource} />
      </Choice>
      <Choice title="Look around first">
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
      {isEmpty && <CreateProject close={() => setEmpty(false)} />}
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
