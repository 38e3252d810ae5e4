import type { Task } from '../../../../../src/work/contract.ts'
import type { Reason } from '../../../live/details.ts'
import { isClosed } from '../../words.ts'

type ReasonsProps = Readonly<{ task: Task; reasons: readonly Reason[] }>

/** Shows why an open task cannot be claimed now, where that is not plain to see already. */
export const Reasons = ({ task, reasons }: ReasonsProps) => {
  // A flag has its own line, with its own button.
  const shown = reasons.filter(({ code }) => code !== 'claimed' && code !== 'flagged')
  if (isClosed(task) || task.holder !== null || shown.length === 0) return null
  return (
    <section className="mt-4 rounded-card border border-line bg-sunken px-3 py-2 text-list">
      <h2 className="font-medium">Cannot be claimed now</h2>
      <ul className="mt-1 grid gap-0.5 text-text-2">
        {shown.map(({ code, text }) => (
          <li key={`${code} ${text}`}>{text}</li>
        ))}
      </ul>
    </section>
  )
}
