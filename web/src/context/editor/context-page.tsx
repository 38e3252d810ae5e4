import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Project } from '../../live/hall.ts'
import { useHall, useProject, useProjects } from '../../live/use-hall.ts'
import { useCurrentProject } from '../../shell/frame.tsx'
import { EmptyState } from '../../ui/state/empty-state.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { useNewsRead } from '../use-news-read.ts'
import { isContext, isTiers } from '../views.ts'
import { ContextView } from './context-view.tsx'
import { type ContextSearch, contextSearch } from './context-search.ts'
import { PlacePicker } from './place-picker.tsx'

/** Shows what is said to people and agents at a place of a project, tier by tier. */
export const ContextPage = () => {
  const key = useCurrentProject() ?? ''
  const project = useProject(key)
  const isKnown = useProjects() !== null
  const hall = useHall()
  usePageTitle(`Context of ${project?.name ?? key}`)
  useEffect(() => hall.listen(), [hall])
  if (project !== undefined) return <PlacePage project={project} />
  if (!isKnown) return null
  return (
    <main className="m-auto">
      <EmptyState
        title={`${key} does not exist or you may not see it.`}
        about="Choose another project on the left."
      />
    </main>
  )
}

const PlacePage = ({ project }: Readonly<{ project: Project }>) => {
  const navigate = useNavigate()
  const search = contextSearch(useSearch({ strict: false }))
  const { path, tab = 'values' } = search
  const first = project.branches[0]
  const at = search.at ?? (first === undefined ? project.key : `${project.key}/${first}`)
  const go = (next: ContextSearch): void => {
    const to = { to: '/p/$project/context', params: { project: project.key } } as const
    navigate({ ...to, search: next }).catch(() => {})
  }
  const place = { ...(search.at !== undefined && { at: search.at }) }
  const where = { ...place, ...(tab !== 'values' && { tab }) }
  return (
    <PlaceBody
      key={at}
      at={at}
      path={path}
      tab={tab}
      picker={
        <PlacePicker
          project={project}
          at={at}
          go={(next) => go({ at: next, ...(tab !== 'values' && { tab }) })}
        />
      }
      open={(next) => go({ ...where, ...(next !== null && { path: next }) })}
      show={(next) => go({ ...place, ...(next !== 'values' && { tab: next }) })}
      project={project.key}
    />
  )
}

type PlaceBodyProps = Omit<Parameters<typeof ContextView>[0], 'tiers' | 'context' | 'again'>

const PlaceBody = (props: PlaceBodyProps) => {
  const query = `at=${encodeURIComponent(props.at)}`
  const tiers = useNewsRead(`/context/tiers?${query}`, isTiers, 'nodes')
  const context = useNewsRead(`/context?${query}`, isContext, 'nodes')
  const again = (): void => {
    tiers.again()
    context.again()
  }
  if (tiers.data !== null && context.data !== null) {
    return <ContextView {...props} tiers={tiers.data.items} context={context.data} again={again} />
  }
  const trouble = tiers.trouble ?? context.trouble
  return (
    <main className="min-w-0 flex-1 p-4">
      {props.picker}
      {trouble !== null ? (
        <ErrorState said={trouble} again={again} />
      ) : (
        <Waiting what="the context" again={again}>
          <Skeleton lines={8} className="mt-6" />
        </Waiting>
      )}
    </main>
  )
}
