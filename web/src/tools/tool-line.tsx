import { Link } from '@tanstack/react-router'
import { Badge } from '../ui/badge.tsx'
import { Word } from './plain-text.tsx'
import { EFFECTS, STANDS, type Tool } from './views.ts'

type ToolLineProps = Readonly<{ tool: Tool; off?: boolean; count?: boolean }>

/** Shows a tool in a list: its name leads to its page, marks say what it does. */
export const ToolLine = ({ tool, off = false, count = false }: ToolLineProps) => (
  <li className="relative px-4 py-2.5 hover:bg-hover">
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Link
        to="/tools/$server/$tool"
        params={{ server: tool.server, tool: tool.name }}
        data-line={tool.name}
        // The whole line is the link; what stands on it stays readable by itself.
        className="rounded-control font-mono text-list font-medium after:absolute after:inset-0"
      >
        <Word text={tool.name} />
      </Link>
      <EffectMark effect={tool.effect} />
      <StandMark state={tool.state} />
      {off && <Badge>Off</Badge>}
      {count && tool.uses > 0 && (
        <span className="ml-auto text-meta text-text-3">{`${tool.uses} calls`}</span>
      )}
    </span>
    {tool.description !== '' && (
      <span dir="auto" className="mt-0.5 line-clamp-2 text-list text-text-2">
        <Word text={tool.description.slice(0, SHOWN_CHARS)} />
      </span>
    )}
  </li>
)

const SHOWN_CHARS = 400

/** Shows what a tool does to the world. */
export const EffectMark = ({ effect }: Readonly<{ effect: Tool['effect'] }>) => {
  const [name, hue, about] = EFFECTS[effect]
  return (
    <Badge hue={hue} title={about}>
      {name}
    </Badge>
  )
}

/** Shows how the definition of a tool stands, where that is to be known. */
export const StandMark = ({ state }: Readonly<{ state: Tool['state'] }>) => {
  const stand = STANDS[state]
  return stand === null ? null : <Badge hue={stand[1]}>{stand[0]}</Badge>
}
