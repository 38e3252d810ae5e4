import { TriangleAlert } from 'lucide-react'
import { apart } from '../../live/own/trace.ts'
import { Button } from '../button.tsx'
import { CopyTrace } from './copy-trace.tsx'

type ErrorStateProps = Readonly<{ title?: string; said: string; again?: () => void }>

/** Shows what did not work, how to try it again, and the trace to tell. */
export const ErrorState = (props: ErrorStateProps) => {
  const { title = 'This could not be shown', said, again } = props
  const { text, trace } = apart(said)
  return (
    <div
      role="alert"
      className="m-auto grid max-w-md justify-items-center gap-2 px-4 py-10 text-center"
    >
      <TriangleAlert className="size-5 text-bad" aria-hidden="true" />
      <h2 className="text-title font-semibold text-balance">{title}</h2>
      <p className="text-text-2 [overflow-wrap:anywhere]" dir="auto">
        {text}
      </p>
      <div className="mt-2 flex flex-wrap justify-center gap-2">
        {again !== undefined && <Button onClick={again}>Try again</Button>}
        {trace !== null && <CopyTrace trace={trace} />}
      </div>
    </div>
  )
}
