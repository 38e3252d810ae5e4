import { Plus } from 'lucide-react'
import type { Task } from '../../../../../src/work/contract.ts'
import { anything } from '../../../live/api.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Button } from '../../../ui/button.tsx'
import { troubleOf } from '../../../ui/form/deed.ts'
import { PartBoundary } from '../../../ui/state/part-boundary.tsx'
import { tiePath } from '../../backlog/pick/relations.ts'
import { Section } from '../task-section.tsx'
import { GraphView } from './graph-view.tsx'
import { TaskRows } from './task-rows.tsx'
import { useGraph } from './use-graph.ts'

type Edge = Task['links'][number]

type GroupOf = Readonly<{ title: string; kind: Edge['kind']; direction?: Edge['direction'] }>

const GROUPS: readonly GroupOf[] = [
  { title: 'Waits for', kind: 'blocks', direction: 'out' },
  { title: 'Blocks', kind: 'blocks', direction: 'in' },
  { title: 'Related', kind: 'relates' },
  { title: 'Found while working on', kind: 'discovered_from', direction: 'out' },
  { title: 'Led to', kind: 'discovered_from', direction: 'in' },
  { title: 'Duplicates', kind: 'duplicates', direction: 'out' },
  { title: 'Duplicated by', kind: 'duplicates', direction: 'in' },
  { title: 'Supersedes', kind: 'supersedes', direction: 'out' },
  { title: 'Superseded by', kind: 'supersedes', direction: 'in' },
]

type LinksProps = Readonly<{ task: Task; mayWrite: boolean; add(): void }>

/** Shows what a task depends on and what depends on it: as a picture, and as lists. */
export const Links = ({ task, mayWrite, add }: LinksProps) => {
  const { api, details, notices } = useHall()
  const graph = useGraph(task)
  const remove = (edge: Edge): void => {
    const lift = details.lay(task.key, { links: task.links.filter((one) => one !== edge) })
    api
      .change(['DELETE', tiePath(task.key, edge)], null, anything)
      .then(
        () => notices.say(`${task.key} is not tied to ${edge.key} any more`),
        (thrown: unknown) => notices.show('bad', troubleOf(thrown).said),
      )
      .then(() => details.confirm(task.key))
      .finally(lift)
      .catch(() => {})
  }
  if (task.links.length === 0 && !mayWrite) return null
  const action = mayWrite && (
    <Button look="quiet" className="-my-1.5 ml-auto" onClick={add}>
      <Plus className="size-4" /> Add
      <span className="sr-only"> a dependency</span>
    </Button>
  )
  return (
    <Section title="Dependencies" count={task.links.length} action={action}>
      {task.links.length === 0 && (
        <p className="text-list text-text-3">It waits for nothing, and nothing waits for it.</p>
      )}
      <div className="grid grid-cols-1 gap-3">
        {graph !== null && (
          <PartBoundary name="The picture">
            <GraphView graph={graph} />
          </PartBoundary>
        )}
        {GROUPS.map(({ title, kind, direction }) => {
          const links = task.links.filter(
            (edge) => edge.kind === kind && (direction ?? edge.direction) === edge.direction,
          )
          if (links.length === 0) return null
          return (
            <div key={title}>
              <h3 className="mb-1 text-meta text-text-3">{title}</h3>
              <TaskRows rows={links} remove={mayWrite ? remove : undefined} />
            </div>
          )
        })}
      </div>
    </Section>
  )
}
