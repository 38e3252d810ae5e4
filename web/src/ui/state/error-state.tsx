import { TriangleAlert } from 'lucide-react'
import { Refused } from '../../live/api.ts'
import { Button } from '../button.tsx'
import { copyText } from '../copy-box.tsx'

/** Gives the trace of a refusal, by which it is found in the log of the hub. */
export const traceOf = (thrown: unknown): string | null => {
  const trace = thrown instanceof Refused ? thrown.details['trace'] : undefined
  return typeof trace === 'string' ? trace : null
}

type ErrorStateProps = Readonly<{
  title?: string
  said: string
  trace?: string | null
  again?: () => void
}>

/** Shows what did not work, how to try it again, and the trace to tell. */
export const ErrorState = (props: ErrorStateProps) => {
  const { title = 'This could not be shown', said, trace = null, again } = props
  return (
    <div
      role="alert"
      className="m-auto grid max-w-md justify-items-center gap-2 px-4 py-10 text-center"
    >
      <TriangleAlert className="size-5 text-bad" aria-hidden="true" />
      <h2 className="text-title font-semibold text-balance">{title}</h2>
      <p className="text-text-2 break-words">{said}</p>
      <div className="mt-2 flex flex-wrap justify-center gap-2">
        {again !== undefined && <Button onClick={again}>Try again</Button>}
        {trace !== null && (
          <Button look="quiet" onClick={() => void copyText(trace)}>
            Copy trace <span className="font-mono text-meta">{trace.slice(0, 8)}</span>
          </Button>
        )}
      </div>
    </div>
  )
}
