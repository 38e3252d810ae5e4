import type { Sprint } from '../../../live/sprints.ts'
import { Segments } from '../../../ui/chart/segments.tsx'
import { ErrorState } from '../../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../../ui/state/skeleton.tsx'
import { MEASURES, measureOf } from '../../numbers/measure.ts'
import { useReport } from '../use-report.ts'
import { ReportTab } from './report-tab.tsx'
import { SprintChart } from './sprint-chart.tsx'
import type { SprintSearch, SprintTab } from './sprint-search.ts'

type SprintNumbersProps = Readonly<{
  sprint: Sprint
  tab: Exclude<SprintTab, 'tasks'>
  search: SprintSearch
  change(search: SprintSearch): void
}>

const MEANINGS = {
  burndown: {
    title: 'Burndown',
    definition:
      'What of the scope is not completed yet: it falls when work is done and rises when scope ' +
      'comes in. The ideal line goes evenly from what was committed to nothing, on working days.',
  },
  burnup: {
    title: 'Burnup',
    definition:
      'What is completed, below what belongs to the sprint: scope and work are seen apart from ' +
      'each other.',
  },
} as const

/** Shows the numbers of a sprint that has started: a chart, or the report. */
export const SprintNumbers = ({ sprint, tab, search, change }: SprintNumbersProps) => {
  const { data, trouble, again } = useReport(sprint)
  if (data === null) {
    return (
      <div className="mt-4">
        {trouble === null ? (
          <Waiting what="the numbers" again={again}>
            <Skeleton lines={8} />
          </Waiting>
        ) : (
          <ErrorState said={trouble} again={again} />
        )}
      </div>
    )
  }
  if (tab === 'report') {
    return (
      <div className="mt-3">
        <ReportTab report={data} />
      </div>
    )
  }
  const measure = measureOf(search.by, [data.committed, data.scope])
  const { as: look = 'chart', ...rest } = search
  return (
    <>
      <div className="my-3">
        <Segments
          label="Count"
          options={MEASURES}
          value={measure}
          change={(by) => change({ ...search, by })}
        />
      </div>
      <SprintChart
        kind={tab}
        meaning={MEANINGS[tab]}
        report={data}
        measure={measure}
        look={look}
        change={(next) => change({ ...rest, ...(next === 'table' && { as: next }) })}
      />
    </>
  )
}
