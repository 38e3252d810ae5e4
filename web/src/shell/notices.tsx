import { CircleCheck, TriangleAlert, X } from 'lucide-react'
import { useHall, useTopic } from '../live/use-hall.ts'
import { IconButton } from '../ui/button.tsx'

/** Shows what the hub said, for a while, and speaks it. */
export const NoticeList = () => {
  const { notices } = useHall()
  const list = useTopic('notices', notices.list)
  const said = useTopic('said', notices.said)
  return (
    <>
      <div
        role="status"
        className="fixed right-4 bottom-4 z-20 grid w-[min(24rem,calc(100vw-2rem))] gap-2"
      >
        {list.map(({ id, kind, text }) => (
          <div
            key={id}
            className="flex items-start gap-2.5 rounded-card border border-line bg-raised py-2
              pr-1.5 pl-3 text-list shadow-popover"
          >
            {kind === 'bad' ? (
              <TriangleAlert className="mt-1 size-4 shrink-0 text-bad" aria-label="Refused:" />
            ) : (
              <CircleCheck className="mt-1 size-4 shrink-0 text-ok" aria-label="Done:" />
            )}
            <p className="min-w-0 flex-1 py-1 break-words">{text}</p>
            <IconButton label="Dismiss" onClick={() => notices.dismiss(id)}>
              <X className="size-4" />
            </IconButton>
          </div>
        ))}
      </div>
      <div className="sr-only" aria-live="polite">
        {said}
      </div>
    </>
  )
}
