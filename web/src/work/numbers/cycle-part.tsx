import { useMemo } from 'react'
import { DayAxis, momentScale, ValueAxis, valueScale } from '../../ui/chart/axes.tsx'
import { ChartFrame, ChartRoom } from '../../ui/chart/chart-frame.tsx'
import { apart, type Box } from '../../ui/chart/geometry.ts'
import { Rule } from '../../ui/chart/lines.tsx'
import { type Drawing, Plot } from '../../ui/chart/plot.tsx'
import { dayAfter, dayStart, sayMoment } from '../../ui/chart/zone.ts'
import type { Column } from '../../ui/table/data-table.tsx'
import { figure } from './measure.ts'
import { type KnownProps, NumberPart, type PartProps, useOpenTask } from './number-part.tsx'
import {
  cycled,
  cycleReadings,
  DASHES,
  knownPercentiles,
  sayCycles,
  sayExpectation,
  sayUnstarted,
} from './pace.ts'
import { sayRange } from './range.ts'
import { sayAsOf, TASK_COLUMNS } from './says.tsx'
import type { CycleTimes, Finished } from './views.ts'

const MEANING = {
  title: 'Cycle time',
  definition:
    'Each dot is a completed task: calendar days from when it was first started to when it was ' +
    'last completed. The lines are the days within which that part of the tasks was completed.',
} as const

const NOTHING = {
  title: 'Nothing was completed in these days',
  about: 'Choose other days, or come back when tasks are done.',
} as const

const LABELS = { wide: 104, narrow: 44 } as const

/** Shows how long the completed tasks took. */
export const CyclePart = (props: PartProps<CycleTimes>) => (
  <NumberPart
    {...props}
    {...{ meaning: MEANING, nothing: NOTHING, known: Known }}
    isNothing={({ items }) => items.length === 0}
  />
)

const Known = ({ data: times, project, zone, look, change }: KnownProps<CycleTimes>) => {
  const dots = cycled(times.items)
  const draw = useMemo(() => drawing(times), [times])
  const open = useOpenTask(dots)
  const left = sayUnstarted(times)
  return (
    <ChartFrame
      {...MEANING}
      {...{ look, change }}
      finding={`${sayExpectation(times)}${left === null ? '' : ` ${left}`}`}
      tells={`${sayRange(times)}. ${sayAsOf(times.asOf.at, zone)}`}
      twin={{
        rows: times.items,
        columns: columnsIn(zone),
        rowKey: ({ key }) => key,
        file: `${project}-cycle-times`,
      }}
    >
      {dots.length === 0 ? (
        <ChartRoom>
          <p className="text-text-2">None of these tasks was started before it was done.</p>
        </ChartRoom>
      ) : (
        <Plot
          label={MEANING.title}
          summary={sayCycles(times)}
          readings={cycleReadings(dots, zone)}
          draw={draw}
          labels={LABELS}
          way="dot"
          open={open}
        />
      )}
    </ChartFrame>
  )
}

const columnsIn = (zone: string): readonly Column<Finished>[] => [
  ...TASK_COLUMNS,
  {
    ...{ id: 'completed', name: 'Completed', value: ({ completedAt }) => completedAt },
    show: ({ completedAt }) => sayMoment(zone, Date.parse(completedAt)),
  },
  {
    ...{ id: 'cycle', name: 'Cycle days', isNumber: true },
    value: ({ cycleDays }) => cycleDays,
  },
  {
    ...{ id: 'lead', name: 'Lead days', isNumber: true },
    value: ({ leadDays }) => leadDays,
  },
  { id: 'points', name: 'Points', isNumber: true, value: ({ points }) => points },
]

const LABEL_GAP_PX = 14
const DOT_PX = 7

const drawing =
  (times: CycleTimes) =>
  (box: Box): Drawing => {
    const { zone, from, to } = times
    const dots = cycled(times.items)
    const known = knownPercentiles(times.percentiles)
    const x = momentScale([dayStart(zone, from), dayStart(zone, dayAfter(to))], box)
    const days = [...dots.map(({ cycleDays }) => cycleDays), ...known.map((one) => one.days)]
    const y = valueScale(days, box)
    const spots = dots.map(({ completedAt, cycleDays }) => ({
      x: x(Date.parse(completedAt)),
      ys: [y(cycleDays)],
    }))
    const lines = known.map((one) => y(one.days))
    const labels = apart(lines, LABEL_GAP_PX, box.height)
    return {
      spots,
      picture: (
        <>
          <ValueAxis scale={y} box={box} unit="days" />
          {known.map(({ p, days: most }, index) => (
            <Rule
              key={p}
              y={lines[index] ?? 0}
              labelY={labels[index] ?? 0}
              box={box}
              dash={DASHES[p] ?? ''}
              label={box.isWide ? `${p} %: ${figure(most)} days` : `${p} %`}
            />
          ))}
          {/* One path for all: thousands of circles would make the page slow. */}
          <path
            d={spots.map(({ x: left, ys: [top = 0] }) => `M${left} ${top}h0`).join('')}
            className="text-ok"
            stroke="currentColor"
            strokeOpacity={0.75}
            strokeWidth={DOT_PX}
            strokeLinecap="round"
          />
          <DayAxis scale={x} box={box} zone={zone} />
        </>
      ),
    }
  }
