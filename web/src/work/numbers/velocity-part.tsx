import { useMemo } from 'react'
import { columnScale, ColumnAxis, ValueAxis, valueScale } from '../../ui/chart/axes.tsx'
import { ChartFrame } from '../../ui/chart/chart-frame.tsx'
import type { Box } from '../../ui/chart/geometry.ts'
import { Pillars } from '../../ui/chart/lines.tsx'
import { diamond } from '../../ui/chart/mark.tsx'
import { type Drawing, Plot } from '../../ui/chart/plot.tsx'
import { sayDay } from '../../ui/chart/zone.ts'
import { figure, type Measure } from './measure.ts'
import { type KnownProps, NumberPart, type PartProps } from './number-part.tsx'
import { sayAsOf } from './says.tsx'
import {
  COMMITTED,
  COMPLETED,
  FORECAST,
  outlookOf,
  sayOutlook,
  sayVelocity,
  velocityReadings,
  type VelocityRow,
  velocityRows,
} from './velocity.ts'
import type { Velocity } from './views.ts'

const MEANING = {
  title: 'Velocity',
  definition:
    'What each closed sprint had at its start, and what was completed at its close. What is ' +
    'reopened later changes nothing.',
} as const

const NOTHING = {
  title: 'No sprint is closed yet',
  about: 'Velocity begins with the first sprint that is started and closed.',
} as const

const LEGEND = [
  { name: 'Committed', mark: COMMITTED },
  { name: 'Completed', mark: COMPLETED },
  { name: 'Forecast, lowest to highest', mark: FORECAST },
] as const

/** Shows what closed sprints promised and completed, and what the next may bring. */
export const VelocityPart = (props: PartProps<Velocity>) => (
  <NumberPart
    {...props}
    {...{ meaning: MEANING, nothing: NOTHING, known: Known }}
    isNothing={({ sprints }) => sprints.length === 0}
  />
)

const Known = ({ data: velocity, project, zone, measure, look, change }: KnownProps<Velocity>) => {
  const rows = velocityRows(velocity, measure)
  const draw = useMemo(() => drawing(velocity, measure), [velocity, measure])
  return (
    <ChartFrame
      {...MEANING}
      {...{ look, change }}
      legend={LEGEND}
      finding={sayOutlook(velocity, measure)}
      tells={sayAsOf(velocity.asOf.at, zone)}
      twin={{
        rows,
        columns: COLUMNS,
        rowKey: ({ number }) => String(number),
        file: `${project}-velocity-${measure}`,
      }}
    >
      <Plot
        label={MEANING.title}
        summary={sayVelocity(velocity, measure)}
        readings={velocityReadings(velocity, measure)}
        draw={draw}
      />
    </ChartFrame>
  )
}

const COLUMNS = [
  { id: 'sprint', name: 'Sprint', value: ({ number }: VelocityRow) => number },
  {
    ...{ id: 'closed', name: 'Closed', value: ({ closedAt }: VelocityRow) => closedAt },
    show: ({ closedAt }: VelocityRow) => sayDay(closedAt),
  },
  {
    ...{ id: 'committed', name: 'Committed', isNumber: true },
    value: ({ committed }: VelocityRow) => committed,
  },
  {
    ...{ id: 'final', name: 'At the close', isNumber: true },
    value: ({ final }: VelocityRow) => final,
  },
  {
    ...{ id: 'completed', name: 'Completed', isNumber: true },
    value: ({ completed }: VelocityRow) => completed,
  },
  { id: 'goal', name: 'Goal', value: ({ goal }: VelocityRow) => goal },
] as const

const NEXT = 'Next'
const PADDING = 0.3
const BAR_PX_MAX = 36
const GAP_PX = 2
const SPRINT_PX = 56

const drawing =
  (velocity: Velocity, measure: Measure) =>
  (box: Box): Drawing => {
    const rows = velocityRows(velocity, measure)
    const outlook = outlookOf(velocity, measure)
    const names = [...rows.map(({ number }) => String(number)), ...(outlook ? [NEXT] : [])]
    const x = columnScale(names, box, PADDING)
    const most = rows.flatMap(({ committed, completed }) => [committed, completed])
    const y = valueScale([...most, outlook?.max ?? 0], box)
    const middle = (name: string) => (x(name) ?? 0) + x.bandwidth() / 2
    const width = Math.min(BAR_PX_MAX, x.bandwidth() / 2 - GAP_PX / 2)
    const next = middle(NEXT)
    return {
      spots: [
        ...rows.map(({ number, committed, completed }) => ({
          x: middle(String(number)),
          ys: [y(committed), y(completed)],
        })),
        ...(outlook === null ? [] : [{ x: next, ys: [y(outlook.mean)] }]),
      ],
      picture: (
        <>
          <ValueAxis scale={y} box={box} unit={measure} />
          <Pillars
            mark={COMMITTED}
            box={box}
            pillars={rows.map(({ number, committed }) => ({
              ...{ x: middle(String(number)) - width - GAP_PX / 2, width, y: y(committed) },
            }))}
          />
          <Pillars
            mark={COMPLETED}
            box={box}
            pillars={rows.map(({ number, completed }) => ({
              ...{ x: middle(String(number)) + GAP_PX / 2, width, y: y(completed) },
            }))}
          />
          {outlook !== null && (
            <g className="text-text">
              <path
                d={whisker(next, y(outlook.max), y(outlook.min))}
                stroke="currentColor"
                fill="none"
              />
              <path d={diamond({ x: next, y: y(outlook.mean) })} fill="currentColor" />
              <text x={next + 9} y={y(outlook.mean)} dy="0.32em" className="fill-text">
                {figure(outlook.mean)}
              </text>
            </g>
          )}
          <ColumnAxis
            {...{ scale: x, names, box }}
            labelPx={SPRINT_PX}
            say={(name) => (name === NEXT ? NEXT : `Sprint ${name}`)}
          />
        </>
      ),
    }
  }

const CAP_PX = 6

const whisker = (x: number, top: number, bottom: number): string =>
  `M${x - CAP_PX} ${top}h${2 * CAP_PX}M${x} ${top}V${bottom}m${-CAP_PX} 0h${2 * CAP_PX}`
