import { useMemo } from 'react'
import { ColumnAxis, columnScale, ValueAxis, valueScale } from '../../ui/chart/axes.tsx'
import { ChartFrame } from '../../ui/chart/chart-frame.tsx'
import { apart, type Box } from '../../ui/chart/geometry.ts'
import { StepArea } from '../../ui/chart/lines.tsx'
import { type Drawing, Plot } from '../../ui/chart/plot.tsx'
import { sayDay } from '../../ui/chart/zone.ts'
import {
  axisStart,
  BANDS,
  bandsIn,
  flowReadings,
  type FlowRow,
  flowRows,
  isStill,
  layersOf,
  sayFlow,
} from './flow.ts'
import { figure, type Measure } from './measure.ts'
import { type KnownProps, NumberPart, type PartProps } from './number-part.tsx'
import { sayRange } from './range.ts'
import { sayAsOf } from './says.tsx'
import type { Flow } from './views.ts'

const MEANING = {
  title: 'Cumulative flow',
  definition:
    'How much stood in each category at the end of each day; what was canceled is left out from ' +
    'then on. A band that grows wider is where work waits.',
} as const

const NOTHING = {
  title: 'No task was there in these days',
  about: 'Choose other days, or come back when there is work.',
} as const

const LABELS = { wide: 92, narrow: 16 } as const

/** Shows how much stood in each category, day by day. */
export const FlowPart = (props: PartProps<Flow>) => (
  <NumberPart
    {...props}
    {...{ meaning: MEANING, nothing: NOTHING, known: Known }}
    isNothing={(flow) => isStill(flowRows(flow, 'tasks'))}
  />
)

const Known = ({ data: flow, project, zone, measure, look, change }: KnownProps<Flow>) => {
  const rows = useMemo(() => flowRows(flow, measure), [flow, measure])
  const draw = useMemo(() => drawing(rows, measure), [rows, measure])
  const start = axisStart(rows)
  const cut = `The axis begins above zero: ${figure(start)} were completed before these days ended.`
  return (
    <ChartFrame
      {...MEANING}
      {...{ look, change }}
      legend={bandsIn(rows)}
      {...(start > 0 && look === 'chart' && { finding: cut })}
      tells={`${sayRange(flow)}. ${sayAsOf(flow.asOf.at, zone)}`}
      twin={{
        rows,
        columns: COLUMNS,
        rowKey: ({ day }) => day,
        file: `${project}-flow-${measure}`,
      }}
    >
      <Plot
        label={MEANING.title}
        summary={sayFlow(rows, measure)}
        readings={flowReadings(rows, measure)}
        draw={draw}
        labels={LABELS}
      />
    </ChartFrame>
  )
}

const COLUMNS = [
  {
    ...{ id: 'day', name: 'Day', value: ({ day }: FlowRow) => day },
    show: ({ day }: FlowRow) => sayDay(day),
  },
  ...BANDS.toReversed().map(({ category, name }) => ({
    ...{ id: category, name, isNumber: true },
    value: (row: FlowRow) => row[category],
  })),
]

const LABEL_GAP_PX = 15

const drawing =
  (rows: readonly FlowRow[], measure: Measure) =>
  (box: Box): Drawing => {
    const names = rows.map(({ day }) => day)
    const x = columnScale(names, box, 0)
    const layers = rows.map((row) => ({ row, layers: layersOf(row) }))
    const tops = layers.map((one) => one.layers.at(-1)?.high ?? 0)
    const y = valueScale(tops, box, axisStart(rows))
    const [floor = 0] = y.domain()
    const heightOf = (value: number) => y(Math.max(floor, value))
    const slices = (index: number) => {
      const own = layers.map(({ row, layers: all }) => ({
        x: x(row.day) ?? 0,
        low: heightOf(all[index]?.low ?? 0),
        high: heightOf(all[index]?.high ?? 0),
      }))
      const last = own.at(-1)
      // The last day is as wide as the others.
      return last === undefined ? own : [...own, { ...last, x: box.width }]
    }
    const bands = BANDS.map((band, index) => ({ ...band, slices: slices(index) }))
    return {
      spots: names.map((day) => ({ x: (x(day) ?? 0) + x.bandwidth() / 2, ys: [] })),
      picture: (
        <>
          <ValueAxis scale={y} box={box} unit={measure} isWhole={measure === 'tasks'} />
          {bands.map(({ category, slices: own, mark }) => (
            <StepArea key={category} slices={own} mark={mark} />
          ))}
          {box.isWide && <BandNames bands={bands} box={box} />}
          <ColumnAxis {...{ scale: x, names, box }} say={sayDay} />
        </>
      ),
    }
  }

type BandNamesProps = Readonly<{
  bands: readonly Readonly<{ name: string; slices: readonly { low: number; high: number }[] }>[]
  box: Box
}>

// Names stand beside the bands that are there on the last day.
const BandNames = ({ bands, box }: BandNamesProps) => {
  const shown = bands.flatMap(({ name, slices }) => {
    const last = slices.at(-1)
    return last === undefined || last.low === last.high ? [] : [{ name, ...last }]
  })
  const middles = shown.map(({ low, high }) => (low + high) / 2)
  const ys = apart(middles, LABEL_GAP_PX, box.height)
  return shown.map(({ name }, index) => (
    <text key={name} x={box.width + 8} y={ys[index]} dy="0.32em" className="fill-text-2">
      {name}
    </text>
  ))
}
