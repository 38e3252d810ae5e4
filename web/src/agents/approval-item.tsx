import { ChevronRight, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ApprovalItem } from '../live/inbox.ts'
import { Person } from '../ui/avatar.tsx'
import { Badge } from '../ui/badge.tsx'
import { Moment } from '../ui/moment.tsx'
import { KINDS } from './views.ts'

type ApprovalRowProps = Readonly<{
  item: ApprovalItem
  isOpen: boolean
  toggle(): void
  /** Hears that the person is here. */
  focused?: () => void
  /** Stands below it while it is open. */
  children?: ReactNode
}>

/** Shows one approval in a line, and what there is to know of it when it is opened. */
export const ApprovalRow = ({ item, isOpen, toggle, focused, children }: ApprovalRowProps) => (
  <li data-approval={item.key} onFocus={focused} className="px-4 py-2.5">
    <button
      type="button"
      data-line={item.key}
      aria-expanded={isOpen}
      onClick={toggle}
      className="flex w-full items-start gap-2 rounded-control text-left"
    >
      <ChevronRight
        aria-hidden="true"
        className={`mt-0.5 size-4 shrink-0 text-text-3 ${isOpen ? 'rotate-90' : ''}`}
      />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-meta text-text-3">
          <span className="font-medium text-text-2">{item.key}</span>
          <Badge>{KINDS[item.kind]}</Badge>
          {item.risk === 'high' && (
            <Badge hue="bad">
              <TriangleAlert aria-hidden="true" className="size-3" />
              High risk
            </Badge>
          )}
          {item.needs > 1 && <Badge hue="wait">{`${item.decidedBy.length} of 2 persons`}</Badge>}
          {item.project !== null && <span>{item.project}</span>}
          <span>
            ends <Moment at={item.expiresAt} />
          </span>
        </span>
        <span
          dir="auto"
          className={`mt-0.5 block font-medium break-words whitespace-pre-wrap ${
            isOpen ? '' : 'line-clamp-2'
          }`}
        >
          {item.text}
        </span>
        <span className="mt-0.5 flex flex-wrap items-center gap-x-2 text-list text-text-2">
          <Who item={item} />
        </span>
      </span>
    </button>
    {isOpen && <div className="mt-2.5 grid gap-3 pl-6">{children}</div>}
  </li>
)

const Who = ({ item: { requester, onBehalfOf } }: Readonly<{ item: ApprovalItem }>) => (
  <>
    {requester === null ? 'Somebody who is gone' : <Person handle={requester} />}
    {onBehalfOf !== null && <span>in the name of @{onBehalfOf}</span>}
  </>
)
