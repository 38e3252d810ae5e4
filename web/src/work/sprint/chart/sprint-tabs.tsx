import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Project } from '../../../live/hall.ts'
import type { Sprint } from '../../../live/sprints.ts'
import { EmptyState } from '../../../ui/state/empty-state.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { PlannedPart } from '../planned-part.tsx'
import { RunningPart } from '../running-part.tsx'
import { SprintNumbers } from './sprint-numbers.tsx'
import type { SprintSearch, SprintTab } from './sprint-search.ts'

type SprintTabsProps = Readonly<{
  project: Project
  sprint: Sprint
  sprints: readonly Sprint[]
}>

const NAMES: Record<SprintTab, string> = {
  tasks: 'Tasks',
  burndown: 'Burndown',
  burnup: 'Burnup',
  report: 'Report',
}

// What became of the tasks of a sprint that is over is its report.
const TABS: Record<Sprint['state'], readonly [SprintTab, ...SprintTab[]]> = {
  planned: ['tasks', 'burndown', 'burnup', 'report'],
  active: ['tasks', 'burndown', 'burnup', 'report'],
  closed: ['report', 'burndown', 'burnup'],
}

/** Shows the views of a sprint: its tasks, its charts, its report. */
export const SprintTabs = ({ project, sprint, sprints }: SprintTabsProps) => {
  const { search, show, change } = useAddress(sprint)
  const tabs = TABS[sprint.state]
  const tab = tabs.find((one) => one === search.tab) ?? tabs[0]
  return (
    <>
      <div className="mt-3 border-b border-line pb-1.5">
        <Tabs
          label="Views of the sprint"
          tabs={tabs.map((id) => ({ id, name: NAMES[id] }))}
          chosen={tab}
          change={(id) => show(tabs.find((one) => one === id) ?? tabs[0])}
        />
      </div>
      <div role="tabpanel" aria-label={NAMES[tab]}>
        {tab === 'tasks' && sprint.state === 'planned' && (
          <PlannedPart {...{ project, sprint, sprints }} />
        )}
        {tab === 'tasks' && sprint.state === 'active' && (
          <RunningPart project={project} sprint={sprint} />
        )}
        {tab !== 'tasks' && sprint.state === 'planned' && (
          <EmptyState
            title={`The ${NAMES[tab].toLowerCase()} begins with the start`}
            about="Until then nothing is promised: what is in the sprint is its plan."
          />
        )}
        {tab !== 'tasks' && sprint.state !== 'planned' && (
          <SprintNumbers sprint={sprint} tab={tab} search={search} change={change} />
        )}
      </div>
    </>
  )
}

/** Keeps in the address which view is shown, what is counted, and whether as a table. */
const useAddress = ({ project, number }: Sprint) => {
  const navigate = useNavigate()
  const search = useSearch({ from: '/session/frame/p/$project/sprint/$number' })
  const params = { project, number: String(number) }
  const go = (wanted: SprintSearch, replace: boolean): void => {
    navigate({ to: '/p/$project/sprint/$number', params, search: wanted, replace }).catch(() => {})
  }
  return {
    search,
    show: (tab: SprintTab) => go({ ...search, tab }, false),
    change: (wanted: SprintSearch) => go(wanted, true),
  }
}
