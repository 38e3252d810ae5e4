import { Layers } from 'lucide-react'
import { type RefObject, useLayoutEffect, useRef } from 'react'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/state/empty-state.tsx'
import { useBacklog } from '../backlog-context.ts'
import { GroupSection } from './group-section.tsx'
import { HEAD_PX, LINE_PX, linesPx, useSight } from './use-span.ts'

/** Pixels between two groups, and the lines of their borders. */
const BETWEEN_PX = 14

type GroupListProps = Readonly<{ isFiltered: boolean; clear(): void }>

/** Shows the groups of a backlog below each other, in one list that scrolls. */
export const GroupList = ({ isFiltered, clear }: GroupListProps) => {
  const { groups, show, mayWrite } = useBacklog()
  const scroller = useRef<HTMLDivElement>(null)
  const sight = useSight(scroller)
  const tops = topsOf(groups.map(({ ids }) => ids.length))
  useBringIntoView(scroller, tops)
  const isBare = groups.every(({ ids }) => ids.length === 0)
  const isNew = groups.every(({ place, whole }) => place.kind !== 'sprint' && whole.tasks === 0)
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto px-3 [scrollbar-gutter:stable]">
      {isNew && (
        <EmptyState
          icon={<Layers className="size-6" />}
          title="Nothing waits here yet"
          about="Paste a list of tasks anywhere on this page, or write one, a task a line."
          action={
            mayWrite && (
              <Button onClick={() => show({ kind: 'paste', text: '', group: null })}>
                Write a list
              </Button>
            )
          }
        />
      )}
      {isBare && isFiltered && !isNew && (
        <div role="status" className="mb-3 flex items-center gap-3 text-list text-text-2">
          No task matches the filter.
          <Button onClick={clear}>Clear filter</Button>
        </div>
      )}
      {!isNew &&
        groups.map((group, at) => (
          <GroupSection key={group.id} group={group} sight={sight} top={tops[at] ?? 0} />
        ))}
    </div>
  )
}

const topsOf = (counts: readonly number[]): readonly number[] => {
  const tops: number[] = []
  let top = 0
  for (const count of counts) {
    tops.push(top)
    top += HEAD_PX + linesPx(count) + BETWEEN_PX
  }
  return tops
}

// A line that keys go to is scrolled into sight before it gets the focus.
const useBringIntoView = (
  scroller: RefObject<HTMLElement | null>,
  tops: readonly number[],
): void => {
  const { focus, groups } = useBacklog()
  const brought = useRef(0)
  useLayoutEffect(() => {
    // Only a wish moves the list, never a line that was moved by somebody else.
    if (focus.tick === brought.current || focus.id === null) return
    brought.current = focus.tick
    const element = scroller.current
    const { id } = focus
    const group = groups.findIndex(({ ids }) => ids.includes(id))
    if (!element || group < 0) return
    const line = groups[group]?.ids.indexOf(id) ?? 0
    const top = (tops[group] ?? 0) + HEAD_PX + line * LINE_PX
    const below = top + LINE_PX - element.clientHeight
    // The heading of the group stays above its lines.
    if (element.scrollTop > top - HEAD_PX) element.scrollTo({ top: top - HEAD_PX })
    else if (element.scrollTop < below) element.scrollTo({ top: below })
  }, [scroller, tops, focus, groups])
}
