import { CircleCheck, TriangleAlert, X } from 'lucide-react'
import type { Notice } from '../live/notices.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { apart } from '../live/own/trace.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { CopyTrace } from '../ui/state/copy-trace.tsx'

/** Shows what the hub said and what was done, for a while, and speaks it. */
export const NoticeList = () => {
  const { notices } = useHall()
  const list = useTopic('notices', notices.list)
  const said = useTopic('said', notices.said)
  return (
    <>
      {/* On the left: what is open beside a page stands on the right, with its Save at the end. */}
      <div
        role="status"
        className="pointer-events-none absolute bottom-4 left-4 z-20 grid
          w-[min(24rem,calc(100vw-2rem))] gap-2"
      >
        {list.map((notice) => (
          <Line key={notice.id} notice={notice} dismiss={() => notices.dismiss(notice.id)} />
        ))}
      </div>
      <div className="sr-only" aria-live="polite">
        {said}
      </div>
    </>
  )
}

const Line = ({ notice, dismiss }: Readonly<{ notice: Notice; dismiss(): void }>) => {
  const { kind, action } = notice
  const { text, trace } = apart(notice.text)
  return (
    <div
      className="pointer-events-auto flex items-start gap-2.5 rounded-card border border-line
        bg-raised py-2 pr-1.5 pl-3 text-list shadow-popover"
    >
      {kind === 'bad' ? (
        <TriangleAlert className="mt-1 size-4 shrink-0 text-bad" aria-label="Refused:" />
      ) : (
        <CircleCheck className="mt-1 size-4 shrink-0 text-ok" aria-label="Done:" />
      )}
      <p className="line-clamp-4 min-w-0 flex-1 py-1 break-words" dir="auto">
        {text}
      </p>
      {trace !== null && <CopyTrace trace={trace} />}
      {action !== null && (
        <Button
          className="h-7"
          onClick={() => {
            dismiss()
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton label="Dismiss" onClick={dismiss}>
        <X className="size-4" />
      </IconButton>
    </div>
  )
}
