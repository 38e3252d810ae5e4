import { useId } from 'react'

/** How the series of a chart look; each differs from its neighbours by more than its hue. */
export type Mark = Readonly<{
  shape: 'line' | 'area' | 'bar' | 'dot' | 'diamond'
  /** A class that sets the colour of a text. */
  hue: 'text-text' | 'text-text-2' | 'text-text-3' | 'text-run' | 'text-ok' | 'text-edge'
  /** The dashes of a line, as SVG has them. */
  dash?: string
  /** How an area is filled; solid where nothing is said. */
  texture?: Texture
}>

/** The ways to fill an area. */
export type Texture = 'solid' | 'light' | 'stripes' | 'dots' | 'bars'

const TILE_PX = 6

type TileProps = Readonly<{ id: string; mark: Mark }>

/** Makes the filling of an area for others to refer to. */
export const Tile = ({ id, mark }: TileProps) => (
  <pattern
    id={id}
    className={mark.hue}
    width={TILE_PX}
    height={TILE_PX}
    patternUnits="userSpaceOnUse"
    patternTransform={mark.texture === 'stripes' ? 'rotate(45)' : undefined}
  >
    {/* What lies behind must not shine through: a line there would look like one of these. */}
    <rect width={TILE_PX} height={TILE_PX} className="fill-surface" />
    <rect width={TILE_PX} height={TILE_PX} fill="currentColor" opacity={groundOf(mark)} />
    {mark.texture === 'stripes' && (
      <rect width="1.5" height={TILE_PX} fill="currentColor" opacity="0.6" />
    )}
    {mark.texture === 'bars' && (
      <rect width={TILE_PX} height="1" fill="currentColor" opacity="0.5" />
    )}
    {mark.texture === 'dots' && <circle cx="3" cy="3" r="1" fill="currentColor" opacity="0.7" />}
  </pattern>
)

const groundOf = ({ texture = 'solid' }: Mark): number => (texture === 'solid' ? 0.75 : 0.16)

/** Shows a small piece of a series, as it looks in the chart. */
export const Swatch = ({ mark }: Readonly<{ mark: Mark }>) => {
  const id = useId()
  return (
    <svg viewBox="0 0 16 10" className={`h-2.5 w-4 shrink-0 ${mark.hue}`} aria-hidden="true">
      {mark.shape === 'line' && (
        <path d="M0 5h16" stroke="currentColor" strokeWidth="2" strokeDasharray={mark.dash} />
      )}
      {mark.shape === 'dot' && <circle cx="8" cy="5" r="3.5" fill="currentColor" />}
      {mark.shape === 'diamond' && <path d={diamond({ x: 8, y: 5 })} fill="currentColor" />}
      {(mark.shape === 'area' || mark.shape === 'bar') && (
        <>
          <defs>
            <Tile id={id} mark={mark} />
          </defs>
          <rect
            x="0.5"
            y="0.5"
            width="15"
            height="9"
            fill={`url(#${id})`}
            stroke="currentColor"
            strokeWidth="1"
          />
        </>
      )}
    </svg>
  )
}

const DIAMOND_PX = 4.5

/** Draws a diamond around a place. */
export const diamond = ({ x, y }: Readonly<{ x: number; y: number }>): string => {
  const r = DIAMOND_PX
  return `M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}Z`
}

/** A series as the legend names it. */
export type Named = Readonly<{ name: string; mark: Mark }>

/** Shows what the lines and areas of a chart are called. */
export const Legend = ({ items }: Readonly<{ items: readonly Named[] }>) => (
  <ul aria-label="Legend" className="flex flex-wrap gap-x-4 gap-y-1 text-meta text-text-2">
    {items.map(({ name, mark }) => (
      <li key={name} className="flex items-center gap-1.5">
        <Swatch mark={mark} />
        {name}
      </li>
    ))}
  </ul>
)
