import { Bot } from 'lucide-react'
import { useEffect } from 'react'
import { useHall, useTopic } from '../live/use-hall.ts'

const SIZES = { small: 'size-5 text-[0.625rem]', large: 'size-6 text-[0.6875rem]' } as const

type AvatarProps = Readonly<{ handle: string; size?: keyof typeof SIZES }>

/** Shows who somebody is: people are round with their initials, agents square with a mark. */
export const Avatar = ({ handle, size = 'small' }: AvatarProps) => {
  const isAgent = useIsAgent(handle)
  const shape = isAgent ? 'rounded-[5px] bg-agent-soft text-agent' : 'rounded-full bg-hover'
  return (
    <span
      className={`inline-flex shrink-0 items-center justify-center font-medium ${shape}
        ${SIZES[size]} ${isAgent ? '' : 'text-text-2'}`}
      title={isAgent ? `@${handle}, agent` : `@${handle}`}
      data-kind={isAgent ? 'agent' : 'person'}
      aria-hidden="true"
    >
      {isAgent ? <Bot className="size-[70%]" strokeWidth={2} /> : initials(handle)}
    </span>
  )
}

type PersonProps = Readonly<{ handle: string; size?: keyof typeof SIZES }>

/** Shows a mark and a name. */
export const Person = ({ handle, size = 'small' }: PersonProps) => {
  const isAgent = useIsAgent(handle)
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <Avatar handle={handle} size={size} />
      <span className="truncate">@{handle}</span>
      {isAgent && <span className="sr-only">, agent</span>}
    </span>
  )
}

const useIsAgent = (handle: string): boolean => {
  const { people } = useHall()
  useEffect(() => people.meet(handle), [people, handle])
  return useTopic('people', () => people.isAgent(handle))
}

const initials = (handle: string): string => {
  const words = handle.split(/[-_.]/).filter(Boolean)
  const letters = words.length > 1 ? words.map((word) => word.charAt(0)) : [handle.slice(0, 2)]
  return letters.join('').slice(0, 2).toUpperCase()
}
