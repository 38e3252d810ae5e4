import type { Task } from '../../../../../src/work/contract.ts'
import { useHall } from '../../../live/use-hall.ts'
import { AddLine } from '../add-line.tsx'
import { Section } from '../task-section.tsx'
import { ACCEPT_CHARS_MAX, type AcceptChange } from './accept.ts'
import { AcceptRow } from './accept-row.tsx'
import { saveAccept } from './save-accept.ts'

type AcceptanceProps = Readonly<{ task: Task; mayWrite: boolean }>

/** Shows what must be true before a task is done, to be ticked, written and ordered. */
export const Acceptance = ({ task, mayWrite }: AcceptanceProps) => {
  const hall = useHall()
  const { accept } = task
  const save = (what: AcceptChange): Promise<void> => saveAccept(hall, task, what)
  const change = (what: AcceptChange): void => {
    save(what).catch(() => {})
  }
  if (accept.length === 0 && !mayWrite) return null
  const done = accept.filter((item) => item.done).length
  return (
    <Section title="Acceptance" count={accept.length > 0 ? `${done} of ${accept.length}` : 0}>
      <ul className="grid grid-cols-1 gap-0.5 empty:hidden">
        {accept.map((item, index) => (
          <AcceptRow
            key={`${index} ${item.text}`}
            {...{ item, mayWrite, change }}
            isFirst={index === 0}
            isLast={index === accept.length - 1}
          />
        ))}
      </ul>
      {mayWrite && (
        <div className="mt-1">
          <AddLine
            label="Add to the acceptance list"
            placeholder="Add what must be true, then Enter"
            maxLength={ACCEPT_CHARS_MAX}
            add={(text) => save({ kind: 'add', text })}
          />
        </div>
      )}
    </Section>
  )
}
