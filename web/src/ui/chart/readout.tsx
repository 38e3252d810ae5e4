import type { Room, Spot } from './geometry.ts'
import { Swatch } from './mark.tsx'
import type { Reading } from './reading.ts'

type ReadoutProps = Readonly<{ reading: Reading; spot: Spot; room: Room; width: number }>

const GAP_PX = 10
const WIDTH_PX_MAX = 224

/** Shows a reading beside its place, on the side that has more room. */
export const Readout = ({ reading, spot, room, width }: ReadoutProps) => {
  const isLeft = spot.x < room.box.width / 2
  const x = room.left + spot.x
  const side = isLeft ? { left: x + GAP_PX } : { right: width - x + GAP_PX }
  const maxWidth = Math.min(WIDTH_PX_MAX, (isLeft ? width - x : x) - GAP_PX)
  return (
    // The slider below says the same to whoever listens.
    <div
      aria-hidden="true"
      data-readout="true"
      className="pointer-events-none absolute z-10 rounded-control border border-line
        bg-raised px-2.5 py-1.5 text-meta shadow-popover"
      style={{ top: room.top, maxWidth, ...side }}
    >
      <p className="font-medium" dir="auto">
        {reading.title}
      </p>
      <dl>
        {reading.values.map(({ name, text, mark }) => (
          <div key={name} className="flex items-center gap-1.5">
            <span className="w-4 shrink-0">{mark !== undefined && <Swatch mark={mark} />}</span>
            <dt className="text-text-2">{name}</dt>
            <dd className="ml-auto pl-2 font-medium">{text}</dd>
          </div>
        ))}
      </dl>
      {reading.note !== undefined && <p className="text-text-2">{reading.note}</p>}
    </div>
  )
}
