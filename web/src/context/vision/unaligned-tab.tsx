import type { Project } from '../../live/hall.ts'
import type { Objective } from '../views.ts'
import { AlignedTasks } from './aligned-tasks.tsx'

type UnalignedTabProps = Readonly<{ project: Project; objectives: readonly Objective[] }>

/** Shows what of a project aligns with no objective. */
export const UnalignedTab = ({ project, objectives }: UnalignedTabProps) => {
  const aligned = new Set(objectives.flatMap(({ places }) => places))
  const branches = project.branches.map((name) => `${project.key}/${name}`)
  const isWhole = aligned.has(project.key)
  const missing = isWhole ? [] : branches.filter((at) => !aligned.has(at))
  return (
    <div className="grid max-w-3xl gap-4 p-4">
      <p className="text-list text-text-2">
        {isWhole
          ? `${project.key} aligns with an objective: all of its tasks count for one.`
          : missing.length === 0
            ? `Every branch of ${project.key} aligns with an objective.`
            : `No objective for ${missing.join(', ')}. Name the project or a branch in one.`}
      </p>
      <section aria-labelledby="unaligned" className="grid gap-2">
        <h2 id="unaligned" className="text-list font-semibold">
          Open tasks without an objective
        </h2>
        <AlignedTasks
          label="Open tasks without an objective"
          path={`/objectives/unaligned?project=${project.key}`}
          empty="Every open task aligns with one."
        />
      </section>
    </div>
  )
}
