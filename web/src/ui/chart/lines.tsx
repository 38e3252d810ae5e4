import { curveLinear, curveStepAfter } from '@visx/curve'
import { Area, Line, LinePath } from '@visx/shape'
import { useId } from 'react'
import type { Box, Point } from './geometry.ts'
import { type Mark, Tile } from './mark.tsx'

type PathProps = Readonly<{ points: readonly Point[]; mark: Mark }>

const path = { fill: 'none', stroke: 'currentColor', strokeWidth: 2 } as const

/** Draws a line that keeps each value until the next. */
export const StepLine = ({ points, mark }: PathProps) => (
  <LinePath
    data={[...points]}
    x={({ x }) => x}
    y={({ y }) => y}
    curve={curveStepAfter}
    className={mark.hue}
    strokeDasharray={mark.dash}
    {...path}
  />
)

/** Draws a line that goes straight from point to point. */
export const StraightLine = ({ points, mark }: PathProps) => (
  <LinePath
    data={[...points]}
    x={({ x }) => x}
    y={({ y }) => y}
    curve={curveLinear}
    className={mark.hue}
    strokeDasharray={mark.dash}
    {...path}
    strokeWidth={1.5}
  />
)

/** A column of an area: where it begins, and from which height to which it goes. */
export type Slice = Readonly<{ x: number; low: number; high: number }>

type StepAreaProps = Readonly<{ slices: readonly Slice[]; mark: Mark }>

/** Fills an area whose edges keep each value until the next. */
export const StepArea = ({ slices, mark }: StepAreaProps) => {
  const id = useId()
  const data = [...slices]
  return (
    <g className={mark.hue}>
      <defs>
        <Tile id={id} mark={mark} />
      </defs>
      <Area
        data={data}
        x={({ x }) => x}
        y0={({ low }) => low}
        y1={({ high }) => high}
        curve={curveStepAfter}
        fill={`url(#${id})`}
      />
      <LinePath
        data={data}
        x={({ x }) => x}
        y={({ high }) => high}
        curve={curveStepAfter}
        {...path}
        strokeWidth={1}
      />
    </g>
  )
}

/** A bar: where it begins, how wide it is, and how high its top lies. */
export type Pillar = Readonly<{ x: number; width: number; y: number }>

type PillarsProps = Readonly<{ pillars: readonly Pillar[]; box: Box; mark: Mark }>

/** From this width on a bar has an edge. */
const EDGE_PX = 4

/** Draws bars that stand on the lower axis. */
export const Pillars = ({ pillars, box, mark }: PillarsProps) => {
  const id = useId()
  return (
    <g className={mark.hue}>
      <defs>
        <Tile id={id} mark={mark} />
      </defs>
      {pillars.map(({ x, width, y }) => (
        <rect
          key={x}
          x={x}
          y={y}
          width={width}
          height={Math.max(0, box.height - y)}
          fill={`url(#${id})`}
          stroke={width < EDGE_PX ? undefined : 'currentColor'}
        />
      ))}
    </g>
  )
}

type RuleProps = Readonly<{ y: number; box: Box; label: string; labelY: number; dash: string }>

/** Draws a line across the picture that says at its end what it stands for. */
export const Rule = ({ y, box, label, labelY, dash }: RuleProps) => (
  <g className="text-text-2">
    <Line
      from={{ x: 0, y }}
      to={{ x: box.width, y }}
      stroke="currentColor"
      strokeWidth={1}
      strokeDasharray={dash}
    />
    <text x={box.width + 6} y={labelY} dy="0.32em" className="fill-text-2">
      {label}
    </text>
  </g>
)
