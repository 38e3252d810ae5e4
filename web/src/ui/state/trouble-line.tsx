import { apart } from '../../live/own/trace.ts'
import { Button } from '../button.tsx'
import { CopyTrace } from './copy-trace.tsx'

type TroubleLineProps = Readonly<{ said: string; again?: () => void; className?: string }>

/** Shows in a line why something could not be read, how to try again, and the trace to tell. */
export const TroubleLine = ({ said, again, className = '' }: TroubleLineProps) => {
  const { text, trace } = apart(said)
  return (
    <div
      role="alert"
      className={`flex flex-wrap items-center gap-x-3 gap-y-1.5 text-list text-bad ${className}`}
    >
      <p className="min-w-0 [overflow-wrap:anywhere]" dir="auto">
        {text}
      </p>
      {again !== undefined && <Button onClick={again}>Try again</Button>}
      {trace !== null && <CopyTrace trace={trace} />}
    </div>
  )
}
