import { useMemo } from 'react'
import { DayAxis, momentScale, ValueAxis, valueScale } from '../../../ui/chart/axes.tsx'
import { ChartFrame, type Look } from '../../../ui/chart/chart-frame.tsx'
import type { Box, Point } from '../../../ui/chart/geometry.ts'
import { StepLine, StraightLine } from '../../../ui/chart/lines.tsx'
import { diamond, type Mark } from '../../../ui/chart/mark.tsx'
import { type Drawing, Plot } from '../../../ui/chart/plot.tsx'
import { figure, type Measure } from '../../numbers/measure.ts'
import type { Meaning } from '../../numbers/number-part.tsx'
import { sayAsOf, TaskKey } from '../../numbers/says.tsx'
import type { Report } from '../use-report.ts'
import { ScopeChanges } from './scope-changes.tsx'
import {
  DOWN_LINES,
  IDEAL,
  isScopeChange,
  sayBurndown,
  sayBurnup,
  sayChange,
  sayKeys,
  sayWhen,
  SCOPE_CHANGE,
  sprintReadings,
  type SprintRow,
  sprintRows,
  stepRows,
  UP_LINES,
} from './sprint-rows.ts'

type SprintChartProps = Readonly<{
  kind: 'burndown' | 'burnup'
  meaning: Meaning
  report: Report
  measure: Measure
  look: Look
  change(look: Look): void
}>

type Kind = Readonly<{
  lines: typeof DOWN_LINES
  say: typeof sayBurndown
  rows(rows: readonly SprintRow[]): readonly SprintRow[]
}>

const KINDS: Record<SprintChartProps['kind'], Kind> = {
  burndown: { lines: DOWN_LINES, say: sayBurndown, rows: (rows) => rows },
  burnup: { lines: UP_LINES, say: sayBurnup, rows: stepRows },
}

/** Shows how the work of a sprint went down, or how it went up towards its scope. */
export const SprintChart = (props: SprintChartProps) => {
  const { kind, meaning, report, measure, look, change } = props
  const { lines, say } = KINDS[kind]
  const { sprint, zone, asOf } = report
  const rows = useMemo(() => KINDS[kind].rows(sprintRows(report, measure)), [kind, report, measure])
  const draw = useMemo(
    () => drawing(rows, { lines: KINDS[kind].lines, zone, measure }),
    [rows, kind, zone, measure],
  )
  const legend = lines.filter(({ field }) => rows.some((row) => row[field] !== null))
  return (
    <>
      <ChartFrame
        {...meaning}
        {...{ look, change }}
        legend={[...legend, { name: 'Scope changed', mark: SCOPE_CHANGE }]}
        tells={sayAsOf(sprint.closedAt ?? asOf.at, zone)}
        twin={{
          rows,
          columns: columnsOf(kind, report),
          rowKey: ({ at }) => at,
          file: `${sprint.project}-sprint-${sprint.number}-${kind}-${measure}`,
        }}
      >
        <Plot
          label={meaning.title}
          summary={say({ report, measure })}
          readings={sprintReadings(rows, lines, { report, measure })}
          first={rows.findLastIndex((row) => row.scope !== null)}
          draw={draw}
          labels={LABELS}
        />
      </ChartFrame>
      <ScopeChanges report={report} measure={measure} />
    </>
  )
}

const LABELS = { wide: 104, narrow: 40 } as const

const columnsOf = (kind: SprintChartProps['kind'], { zone, sprint }: Report) => [
  {
    ...{ id: 'when', name: 'When', value: ({ at }: SprintRow) => at },
    show: (row: SprintRow) => sayWhen(row, zone),
  },
  {
    ...{ id: 'change', name: 'What happened' },
    value: (row: SprintRow) => sayChange(row, sprint.closedAt !== null),
    // When it was says that already.
    show: (row: SprintRow) => row.change !== 'day' && sayChange(row, sprint.closedAt !== null),
  },
  ...KINDS[kind].lines.map(({ name, field }) => ({
    ...{ id: field, name, isNumber: true },
    value: (row: SprintRow) => row[field],
  })),
  {
    ...{ id: 'keys', name: 'Tasks', value: sayKeys },
    show: ({ keys, more }: SprintRow) => (
      <span className="flex flex-wrap gap-x-2">
        {keys.map((key) => (
          <TaskKey key={key} name={key} />
        ))}
        {more > 0 && `${more} more`}
      </span>
    ),
  },
]

type Drawn = Readonly<{ lines: typeof DOWN_LINES; zone: string; measure: Measure }>

const drawing =
  (rows: readonly SprintRow[], { lines, zone, measure }: Drawn) =>
  (box: Box): Drawing => {
    const times = rows.map(({ at }) => Date.parse(at))
    const [first = 0, last = first] = [times[0], times.at(-1)]
    const x = momentScale([first, last], box)
    const values = lines.flatMap(({ field }) => rows.flatMap((row) => row[field] ?? []))
    const y = valueScale(values, box)
    const own = lines.map((line) => ({ ...line, points: pointsOf(rows, line.field, { x, y }) }))
    const [main] = lines
    const marked = rows.filter(isScopeChange)
    return {
      spots: rows.map((row, index) => ({
        x: x(times[index] ?? first),
        ys: lines.flatMap(({ field }) => {
          const value = row[field]
          return value === null ? [] : [y(value)]
        }),
      })),
      picture: (
        <>
          <ValueAxis scale={y} box={box} unit={measure} />
          {own.map(({ field, mark, points }) => (
            <SprintLine key={field} mark={mark} points={points} />
          ))}
          <path
            d={marked
              .map((row) => ({ x: x(Date.parse(row.at)), y: y(row[main?.field ?? 'scope'] ?? 0) }))
              .map(diamond)
              .join('')}
            className={`stroke-surface ${SCOPE_CHANGE.hue}`}
            fill="currentColor"
          />
          {own
            .filter(({ mark }) => mark !== IDEAL)
            .map(({ field, points, name }) => (
              <EndLabel key={field} point={points.at(-1)} name={box.isWide ? name : ''}>
                {figure(rows.findLast((row) => row[field] !== null)?.[field] ?? 0)}
              </EndLabel>
            ))}
          <DayAxis scale={x} box={box} zone={zone} />
        </>
      ),
    }
  }

type Scales = Readonly<{ x(ms: number): number; y(value: number): number }>

const pointsOf = (
  rows: readonly SprintRow[],
  field: (typeof DOWN_LINES)[number]['field'],
  { x, y }: Scales,
): readonly Point[] =>
  rows.flatMap((row) => {
    const value = row[field]
    return value === null ? [] : [{ x: x(Date.parse(row.at)), y: y(value) }]
  })

const SprintLine = ({ mark, points }: Readonly<{ mark: Mark; points: readonly Point[] }>) =>
  mark === IDEAL ? (
    <StraightLine points={points} mark={mark} />
  ) : (
    <StepLine points={points} mark={mark} />
  )

type EndLabelProps = Readonly<{ point: Point | undefined; name: string; children: string }>

// The name of a line and its last value stand behind its end.
const EndLabel = ({ point, name, children }: EndLabelProps) =>
  point === undefined ? null : (
    // An edge in the colour of the ground keeps it legible over the even line.
    <text
      x={point.x + 8}
      y={point.y}
      className="fill-text stroke-surface"
      strokeWidth={4}
      paintOrder="stroke"
    >
      <tspan dy="0.32em" fontWeight={600}>
        {children}
      </tspan>
      {name !== '' && <tspan className="fill-text-2">{` ${name.toLowerCase()}`}</tspan>}
    </text>
  )
