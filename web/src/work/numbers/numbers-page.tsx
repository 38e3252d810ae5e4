import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { shape } from '../../live/api.ts'
import type { Project } from '../../live/hall.ts'
import { useHall, useProject, useProjects } from '../../live/use-hall.ts'
import { useRead } from '../../live/use-read.ts'
import { useCurrentProject } from '../../shell/frame.tsx'
import type { Look } from '../../ui/chart/chart-frame.tsx'
import { Segments } from '../../ui/chart/segments.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { rememberProject } from '../last-project.ts'
import { AgePart } from './age-part.tsx'
import { CyclePart } from './cycle-part.tsx'
import { FlowPart } from './flow-part.tsx'
import { MEASURES, measureOf } from './measure.ts'
import { CHARTS, type ChartName, type NumbersSearch, SPANS, tablesOf } from './numbers-search.ts'
import { rangeOf } from './range.ts'
import { RangeChoice } from './range-choice.tsx'
import { ThroughputPart } from './throughput-part.tsx'
import { useNumbers } from './use-numbers.ts'
import { useToday } from './use-today.ts'
import { VelocityPart } from './velocity-part.tsx'
import { isCycleTimes, isFlow, isVelocity } from './views.ts'

const hasZone = shape<Readonly<{ zone: string }>>('zone')

/** Shows how the work of a project goes: velocity, throughput, flow, cycle times, age. */
export const NumbersPage = () => {
  const hall = useHall()
  const key = useCurrentProject() ?? ''
  const project = useProject(key)
  const isKnown = useProjects() !== null
  const { data, trouble, again } = useRead(project ? `/projects/${key}` : null, hasZone)
  usePageTitle(`Numbers of ${project?.name ?? key}`)
  useEffect(() => hall.listen(), [hall])
  useEffect(() => rememberProject(key), [key])
  if (isKnown && project === undefined) {
    const said = 'Choose another project.'
    return <ErrorState title={`${key} does not exist or you may not see it.`} said={said} />
  }
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
  if (project === undefined || data === null) return <main className="flex-1" aria-busy="true" />
  return <Numbers key={key} project={project} zone={data.zone} />
}

type NumbersProps = Readonly<{ project: Project; zone: string }>

const Numbers = ({ project, zone }: NumbersProps) => {
  const hall = useHall()
  const { search, change } = useAddress(project.key)
  const range = rangeOf(search, useToday(zone))
  const base = `/projects/${project.key}`
  const days = `from=${range.from}&to=${range.to}`
  const mayVelocity = hall.may('sprint:read', project.key)
  const own = project.key
  const velocity = useNumbers(mayVelocity ? `${base}/velocity` : null, {
    ...{ is: isVelocity, project: own },
  })
  const flow = useNumbers(`${base}/flow?${days}`, { is: isFlow, project: own })
  const times = useNumbers(`${base}/cycle-times?${days}`, { is: isCycleTimes, project: own })
  const last = flow.data?.days.at(-1)
  const all = last ? [last.backlog, last.unstarted, last.started, last.completed] : []
  const measure = measureOf(search.by, all)
  const tables = tablesOf(search.table)
  const partOf = (name: ChartName) => ({
    ...{ project: own, zone, measure },
    look: tables.includes(name) ? ('table' as const) : ('chart' as const),
    change: (look: Look) => {
      const next = CHARTS.filter((one) => (one === name ? look === 'table' : tables.includes(one)))
      const { table: _, ...rest } = search
      change({ ...rest, ...(next.length > 0 && { table: next.join(',') }) })
    },
  })
  const { days: _, from, to: __, ...rest } = search
  return (
    <main
      aria-label={`Numbers of ${project.name}`}
      className="min-h-0 min-w-0 flex-1 overflow-y-auto"
    >
      <div className="mx-auto grid max-w-6xl gap-4 px-4 py-4 xl:grid-cols-2">
        <header className="flex flex-wrap items-center gap-x-3 gap-y-2 xl:col-span-2">
          <h1 className="min-w-0 flex-1 text-figure font-semibold">Numbers</h1>
          <Segments
            label="Count"
            options={MEASURES}
            value={measure}
            change={(by) => change({ ...search, by })}
          />
          <RangeChoice
            span={from === undefined ? (search.days ?? SPANS[0]) : null}
            range={range}
            toSpan={(span) => change({ ...rest, ...(span !== SPANS[0] && { days: span }) })}
            toRange={(wanted) => change({ ...rest, ...wanted })}
          />
        </header>
        {mayVelocity && <VelocityPart read={velocity} {...partOf('velocity')} />}
        <div className={`min-w-0 ${mayVelocity ? '' : 'xl:col-span-2'}`}>
          <ThroughputPart read={times} {...partOf('throughput')} />
        </div>
        <div className="min-w-0 xl:col-span-2">
          <FlowPart read={flow} {...partOf('flow')} />
        </div>
        <div className="min-w-0 xl:col-span-2">
          <CyclePart read={times} {...partOf('cycle')} />
        </div>
        <div className="min-w-0 xl:col-span-2">
          <AgePart read={times} {...partOf('age')} />
        </div>
      </div>
    </main>
  )
}

/** Keeps in the address which days are shown, what is counted, and which charts are tables. */
const useAddress = (project: string) => {
  const navigate = useNavigate()
  const search = useSearch({ from: '/session/frame/p/$project/numbers' })
  const change = (wanted: NumbersSearch): void => {
    const where = { to: '/p/$project/numbers', params: { project } } as const
    navigate({ ...where, search: wanted, replace: true }).catch(() => {})
  }
  return { search, change }
}
