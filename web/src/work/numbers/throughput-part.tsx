import { useMemo } from 'react'
import { ColumnAxis, columnScale, ValueAxis, valueScale } from '../../ui/chart/axes.tsx'
import { ChartFrame } from '../../ui/chart/chart-frame.tsx'
import type { Box } from '../../ui/chart/geometry.ts'
import { Pillars } from '../../ui/chart/lines.tsx'
import { type Drawing, Plot } from '../../ui/chart/plot.tsx'
import { sayDay } from '../../ui/chart/zone.ts'
import type { Measure } from './measure.ts'
import { type KnownProps, NumberPart, type PartProps } from './number-part.tsx'
import { DONE_BAR, sayThroughput, throughputReadings } from './pace.ts'
import { sayRange } from './range.ts'
import { sayAsOf } from './says.tsx'
import type { CycleTimes, Output } from './views.ts'

const MEANING = {
  title: 'Throughput',
  definition: 'What was completed on each day; a task counts on the day of its last completion.',
} as const

const NOTHING = {
  title: 'Nothing was completed in these days',
  about: 'Choose other days, or come back when tasks are done.',
} as const

/** Shows how much was completed, day by day. */
export const ThroughputPart = (props: PartProps<CycleTimes>) => (
  <NumberPart
    {...props}
    {...{ meaning: MEANING, nothing: NOTHING, known: Known }}
    isNothing={({ items }) => items.length === 0}
  />
)

const Known = ({ data: times, project, zone, measure, look, change }: KnownProps<CycleTimes>) => {
  const { throughput } = times
  const draw = useMemo(() => drawing(throughput, measure), [throughput, measure])
  return (
    <ChartFrame
      {...MEANING}
      {...{ look, change }}
      finding={sayThroughput(throughput, measure)}
      tells={`${sayRange(times)}. ${sayAsOf(times.asOf.at, zone)}`}
      twin={{
        rows: throughput,
        columns: COLUMNS,
        rowKey: ({ day }) => day,
        file: `${project}-throughput`,
      }}
    >
      <Plot
        label={MEANING.title}
        summary={sayThroughput(throughput, measure)}
        readings={throughputReadings(throughput, measure)}
        draw={draw}
      />
    </ChartFrame>
  )
}

const COLUMNS = [
  {
    ...{ id: 'day', name: 'Day', value: ({ day }: Output) => day },
    show: ({ day }: Output) => sayDay(day),
  },
  { id: 'tasks', name: 'Tasks', isNumber: true, value: ({ tasks }: Output) => tasks },
  { id: 'points', name: 'Points', isNumber: true, value: ({ points }: Output) => points },
] as const

const PADDING = 0.25

const drawing =
  (days: readonly Output[], measure: Measure) =>
  (box: Box): Drawing => {
    const names = days.map(({ day }) => day)
    const x = columnScale(names, box, PADDING)
    const values = days.map((day) => ({ day: day.day, value: day[measure] }))
    const y = valueScale(
      values.map(({ value }) => value),
      box,
    )
    const width = x.bandwidth()
    return {
      spots: values.map(({ day, value }) => ({ x: (x(day) ?? 0) + width / 2, ys: [y(value)] })),
      picture: (
        <>
          <ValueAxis scale={y} box={box} unit={measure} isWhole={measure === 'tasks'} />
          <Pillars
            mark={DONE_BAR}
            box={box}
            // A day without any has no bar, not even one of no height.
            pillars={values
              .filter(({ value }) => value > 0)
              .map(({ day, value }) => ({ x: x(day) ?? 0, width, y: y(value) }))}
          />
          <ColumnAxis {...{ scale: x, names, box }} say={sayDay} />
        </>
      ),
    }
  }
