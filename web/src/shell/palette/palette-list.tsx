import { useEffect } from 'react'
import { Kbd } from '../../ui/kbd.tsx'
import type { Command } from './commands.ts'
import type { Section } from './ranking.ts'

/** Names the element of a line, for the field that says which one is meant. */
export const lineId = (at: number): string => `palette-line-${at}`

type PaletteListProps = Readonly<{
  id: string
  sections: readonly Section[]
  /** The line that Enter takes. */
  here: number
  point(at: number): void
  choose(command: Command): void
}>

/** Shows what fits, under its headings. */
export const PaletteList = ({ id, sections, here, point, choose }: PaletteListProps) => {
  useEffect(() => {
    document.getElementById(lineId(here))?.scrollIntoView({ block: 'nearest' })
  }, [here])
  const starts = startsOf(sections)
  return (
    <div
      id={id}
      role="listbox"
      aria-label="What fits"
      className="min-h-0 flex-1 overflow-y-auto p-1.5"
    >
      {sections.length === 0 && (
        <p className="px-2.5 py-6 text-center text-text-2">Nothing fits. Try other words.</p>
      )}
      {sections.map(({ name, commands }, section) => (
        <div key={name} role="group" aria-label={name}>
          <p aria-hidden="true" className="px-2.5 pt-2 pb-1 text-meta font-medium text-text-3">
            {name}
          </p>
          {commands.map((command, line) => {
            const at = (starts[section] ?? 0) + line
            return (
              <Line
                key={command.id}
                command={command}
                at={at}
                isHere={at === here}
                point={point}
                choose={choose}
              />
            )
          })}
        </div>
      ))}
    </div>
  )
}

const startsOf = (sections: readonly Section[]): readonly number[] =>
  sections.map((_, at) =>
    sections.slice(0, at).reduce((sum, { commands }) => sum + commands.length, 0),
  )

type LineProps = Readonly<{ command: Command; at: number; isHere: boolean }> &
  Pick<PaletteListProps, 'point' | 'choose'>

const Line = ({ command, at, isHere, point, choose }: LineProps) => (
  <div
    id={lineId(at)}
    role="option"
    aria-selected={isHere}
    onPointerMove={() => !isHere && point(at)}
    onPointerDown={(event) => event.preventDefault()}
    onClick={() => choose(command)}
    className={`flex min-h-9 cursor-pointer items-center gap-2.5 rounded-control px-2.5 py-1.5
      ${isHere ? 'bg-hover' : ''}`}
  >
    {command.about !== undefined && (
      <span className="shrink-0 text-list whitespace-nowrap text-text-3">{command.about}</span>
    )}
    <span className="min-w-0 flex-1 truncate" dir="auto">
      {command.label}
    </span>
    {command.keys !== undefined && (
      <span className="max-sm:hidden">
        <Kbd keys={command.keys} />
      </span>
    )}
  </div>
)
