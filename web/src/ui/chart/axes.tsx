import { AxisBottom, AxisLeft } from '@visx/axis'
import { scaleBand, scaleLinear } from '@visx/scale'
import { Line } from '@visx/shape'
import { type Box, thinned, topOf } from './geometry.ts'
import { dayIn, daysFrom, dayStart, sayDay } from './zone.ts'

/** Turns a value into its height. */
export type ValueScale = ReturnType<typeof scaleLinear<number>>

/** Turns the name of a column into where it begins. */
export type ColumnScale = ReturnType<typeof scaleBand<string>>

const TICKS = 4
/** So much room the label of a day needs; the longest is `30 Sept`. */
const DAY_PX = 60
const TICK_PX = 6
const LABEL_GAP_PX = 8
const UNIT_LEFT_PX = 32
const UNIT_ABOVE_PX = 14

/** Makes the scale of an axis that goes up from `from` to the largest of the values, or above. */
export const valueScale = (values: readonly number[], { height }: Box, from = 0): ValueScale =>
  scaleLinear<number>({ domain: [from, topOf(values)], range: [height, 0], nice: TICKS })

/** Makes the scale for columns of equal width; `padding` is what part of each stays empty. */
export const columnScale = (
  names: readonly string[],
  { width }: Box,
  padding: number,
): ColumnScale => scaleBand<string>({ domain: [...names], range: [0, width], padding })

/** Makes the scale for moments, given as milliseconds. */
export const momentScale = ([from, to]: readonly [number, number], { width }: Box): ValueScale =>
  scaleLinear<number>({ domain: [from, to > from ? to : from + 1], range: [0, width] })

type ValueAxisProps = Readonly<{
  scale: ValueScale
  box: Box
  /** What is counted: it stands above the axis. */
  unit: string
  /** Set where parts of one make no sense. */
  isWhole?: boolean
}>

/** Shows the values at the left side, and a hairline for each through the picture. */
export const ValueAxis = ({ scale, box, unit, isWhole = false }: ValueAxisProps) => {
  const ticks = scale.ticks(TICKS).filter((tick) => !isWhole || Number.isInteger(tick))
  return (
    <>
      {ticks.map((tick) => (
        <Line
          key={tick}
          from={{ x: 0, y: scale(tick) }}
          to={{ x: box.width, y: scale(tick) }}
          stroke="currentColor"
          strokeWidth={1}
          className={tick === 0 ? 'text-edge' : 'text-line'}
          shapeRendering="crispEdges"
        />
      ))}
      <AxisLeft
        scale={scale}
        tickValues={ticks}
        tickFormat={(tick) => Number(tick).toLocaleString()}
        tickLength={LABEL_GAP_PX}
        hideAxisLine
        hideTicks
        tickComponent={besideTick}
      />
      <text x={-UNIT_LEFT_PX} y={-UNIT_ABOVE_PX} className="fill-text-3">
        {unit}
      </text>
    </>
  )
}

type LowerAxisProps = Readonly<{ box: Box }>

/** Shows days below a picture of moments, in the zone that they are counted in. */
export const DayAxis = ({ scale, box, zone }: LowerAxisProps & MomentProps) => {
  const [from = 0, to = 0] = scale.domain()
  const days = daysFrom(dayIn(zone, from), dayIn(zone, to))
  const ticks = thinned(days, box.width / DAY_PX)
    .map((day) => ({ day, ms: dayStart(zone, day) }))
    .filter(({ ms }) => ms >= from && ms <= to)
  const names = new Map(ticks.map(({ day, ms }) => [ms, sayDay(day)]))
  return (
    <AxisBottom
      scale={scale}
      top={box.height}
      tickValues={ticks.map(({ ms }) => ms)}
      tickFormat={(ms) => names.get(Number(ms))}
      {...LOWER}
    />
  )
}

type MomentProps = Readonly<{ scale: ValueScale; zone: string }>

type ColumnAxisProps = LowerAxisProps &
  Readonly<{
    scale: ColumnScale
    names: readonly string[]
    say(name: string): string
    /** So much room a name needs, if that is not a day. */
    labelPx?: number
  }>

/** Shows the names of columns below a picture, as many as there is room for. */
export const ColumnAxis = ({ scale, names, say, box, labelPx = DAY_PX }: ColumnAxisProps) => (
  <AxisBottom
    scale={scale}
    top={box.height}
    tickValues={[...thinned(names, box.width / labelPx)]}
    tickFormat={say}
    {...LOWER}
  />
)

type TickProps = Readonly<{ x: number; y: number; formattedValue: string | undefined }>

const besideTick = ({ x, y, formattedValue }: TickProps) => (
  <text x={x} y={y} dy="0.32em" textAnchor="end" className="fill-text-3">
    {formattedValue}
  </text>
)

const belowTick = ({ x, y, formattedValue }: TickProps) => (
  <text x={x} y={y} dy="0.3em" textAnchor="middle" className="fill-text-3">
    {formattedValue}
  </text>
)

const LOWER = {
  hideAxisLine: true,
  tickLength: TICK_PX,
  tickStroke: 'currentColor',
  tickLineProps: { className: 'text-edge' },
  tickComponent: belowTick,
} as const
