import { Link } from '@tanstack/react-router'
import { Plug } from 'lucide-react'
import { useHall, useTopic } from '../live/use-hall.ts'
import { mayAnywhere } from './may.ts'

/** Shows the way to the tools, to whoever may see them. */
export const ToolsLink = ({ isNarrow = false }: Readonly<{ isNarrow?: boolean }>) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  if (!mayAnywhere(me, 'tool:read')) return null
  return (
    <Link
      to="/tools"
      aria-label="Tools"
      className={`flex h-8 items-center gap-2 rounded-control px-2 text-list text-text-2
        hover:bg-hover hover:text-text aria-[current=page]:bg-hover
        aria-[current=page]:font-medium aria-[current=page]:text-text ${isNarrow ? '' : 'w-full'}`}
    >
      <Plug aria-hidden="true" className="size-4 shrink-0" />
      {!isNarrow && <span className="min-w-0 flex-1">Tools</span>}
    </Link>
  )
}
