import { useState } from 'react'
import { shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import { useHall } from '../../live/use-hall.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { isClosed } from '../words.ts'
import { CarryOver } from './carry-over.tsx'
import { closing, type Way } from './closing.ts'
import { useSprintCards } from './use-sprint-cards.ts'

const isMoved = shape<Readonly<{ moved: readonly string[]; next: number | null }>>('moved', 'next')
const isSprint = shape<Sprint>('number')

type CloseDialogProps = Readonly<{
  project: Project
  sprint: Sprint
  sprints: readonly Sprint[]
  close(): void
}>

/** Asks where each open task of a sprint goes, and closes it. */
export const CloseDialog = ({ project, sprint, sprints, close }: CloseDialogProps) => {
  const hall = useHall()
  const deed = useDeed()
  const cards = useSprintCards(project, sprint.number)
  const open = cards.filter((card) => !isClosed(card))
  const planned = sprints.filter(
    ({ state, number }) => state === 'planned' && number > sprint.number,
  )
  const next = planned.map(({ number }) => number).sort((a, b) => a - b)[0] ?? null
  const [ways, setWays] = useState<ReadonlyMap<string, Way>>(new Map())
  const wayOf = (key: string): Way => ways.get(key) ?? 'next'
  const set = (keys: readonly string[], way: Way): void =>
    setWays((old) => new Map([...old, ...keys.map((key) => [key, way] as const)]))
  const isNextNeeded = next === null && open.some(({ key }) => wayOf(key) === 'next')
  const act = async (): Promise<void> => {
    const base = `/projects/${project.key}/sprints`
    // The next sprint comes about with its first tasks, where nobody has planned one yet.
    if (isNextNeeded) await hall.api.write(base, {}, isSprint)
    const data = closing(open, wayOf)
    const { moved } = await hall.api.write(`${base}/${sprint.number}/close`, { data }, isMoved)
    for (const key of moved) hall.store.reread(key)
    await hall.sprints.read(project.key)
    hall.notices.show('ok', `Sprint ${sprint.number} is closed: ${sprint.done} done`)
    close()
  }
  return (
    <Dialog title={`Close sprint ${sprint.number}`} close={close} wide>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 p-4">
        <p className="text-text-2">
          {sprint.done} of {sprint.tasks} tasks are done.{' '}
          {open.length > 0 && 'Say where each of the others goes.'}
        </p>
        <Form deed={deed} act={act} button="Close sprint">
          {open.length > 0 && <CarryOver tasks={open} next={next} wayOf={wayOf} set={set} />}
          {isNextNeeded && (
            <p className="text-list text-text-2">
              No sprint is planned after this one; sprint {nextNumber(sprints)} will be.
            </p>
          )}
        </Form>
      </div>
    </Dialog>
  )
}

const nextNumber = (sprints: readonly Sprint[]): number =>
  Math.max(0, ...sprints.map(({ number }) => number)) + 1
