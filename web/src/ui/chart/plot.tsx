import { Group } from '@visx/group'
import { Line } from '@visx/shape'
import { type ReactNode, useMemo, useState } from 'react'
import type { Box, Spot, Way } from './geometry.ts'
import { Reader } from './reader.tsx'
import type { Reading } from './reading.ts'
import { Readout } from './readout.tsx'
import { useWidth } from './use-width.ts'

/** A picture, and where in it its readings stand, in their order. */
export type Drawing = Readonly<{ picture: ReactNode; spots: readonly Spot[] }>

type PlotProps = Readonly<{
  /** Names the chart: `Burndown`. */
  label: string
  /** Says in one sentence what it shows. */
  summary: string
  readings: readonly Reading[]
  /** Draws it; the same function as long as nothing else is to be shown. */
  draw(box: Box): Drawing
  /** Room for labels at the right side, where the chart is wide or narrow; in pixels. */
  labels?: Readonly<{ wide: number; narrow: number }>
  way?: Way
  /** The reading that the keys begin with; else the last one. */
  first?: number
  /** Goes to what is behind a reading. */
  open?: (index: number) => void
}>

/** So high is every chart; what stands in for one keeps the room. */
export const CHART_PX = 272
const TOP_PX = 24
const BOTTOM_PX = 28
const LEFT_PX = 40
const RIGHT_PX = 16
/** From here on a chart is wide. */
const WIDE_PX = 560

/** Shows a picture that can be read point by point, with the pointer and with the keys. */
export const Plot = (props: PlotProps) => {
  const { label, summary, readings, draw, labels, way = 'column', open } = props
  const [ref, width] = useWidth()
  const [at, setAt] = useState<number | null>(null)
  const isWide = width >= WIDE_PX
  const right = labels?.[isWide ? 'wide' : 'narrow'] ?? RIGHT_PX
  const innerWidth = Math.max(0, width - LEFT_PX - right)
  const box = useMemo(
    () => ({ width: innerWidth, height: CHART_PX - TOP_PX - BOTTOM_PX, isWide }),
    [innerWidth, isWide],
  )
  const drawing = useMemo(() => (box.width > 0 ? draw(box) : null), [draw, box])
  const last = readings.length - 1
  const here = at === null ? null : Math.min(at, last)
  const spot = here === null ? undefined : drawing?.spots[here]
  const reading = here === null ? undefined : readings[here]
  const room = { left: LEFT_PX, top: TOP_PX, box }
  return (
    // While it is made narrower, the picture is too wide for a moment; the page must not be.
    <div ref={ref} className="relative min-w-0 overflow-x-clip" style={{ height: CHART_PX }}>
      {drawing !== null && (
        <>
          <svg
            width={width}
            height={CHART_PX}
            role="img"
            aria-label={summary}
            className="block text-meta"
          >
            <Group left={LEFT_PX} top={TOP_PX}>
              {drawing.picture}
              {spot !== undefined && <Cursor spot={spot} box={box} />}
            </Group>
          </svg>
          {last >= 0 && (
            <Reader
              {...{ label, readings, room, way, open, here, goTo: setAt }}
              spots={drawing.spots}
              first={props.first ?? last}
            />
          )}
          {spot !== undefined && reading !== undefined && (
            <Readout reading={reading} spot={spot} room={room} width={width} />
          )}
        </>
      )}
    </div>
  )
}

const Cursor = ({ spot, box }: Readonly<{ spot: Spot; box: Box }>) => (
  <g className="text-text-2">
    <Line
      from={{ x: spot.x, y: 0 }}
      to={{ x: spot.x, y: box.height }}
      stroke="currentColor"
      strokeWidth={1}
    />
    {spot.ys.map((y, index) => (
      <circle
        // Values have no names here, and keep their order.
        key={index}
        cx={spot.x}
        cy={y}
        r={4.5}
        fill="currentColor"
        className="stroke-surface"
        strokeWidth={2}
      />
    ))}
  </g>
)
