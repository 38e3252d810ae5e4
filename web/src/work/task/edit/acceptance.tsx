import { type SubmitEvent, useState } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Section } from '../task-section.tsx'
import { ACCEPT_CHARS_MAX, type AcceptChange } from './accept.ts'
import { AcceptRow } from './accept-row.tsx'
import { saveAccept } from './save-accept.ts'

type AcceptanceProps = Readonly<{ task: Task; mayWrite: boolean }>

/** Shows what must be true before a task is done, to be ticked, written and ordered. */
export const Acceptance = ({ task, mayWrite }: AcceptanceProps) => {
  const hall = useHall()
  const [text, setText] = useState('')
  const { accept } = task
  const change = (what: AcceptChange): void => {
    saveAccept(hall, task, what).catch(() => {})
  }
  const add = (event: SubmitEvent): void => {
    event.preventDefault()
    const said = text.replaceAll(/\s+/g, ' ').trim()
    if (said === '') return
    setText('')
    change({ kind: 'add', text: said })
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
        <form onSubmit={add} className="mt-1">
          <input
            aria-label="Add to the acceptance list"
            placeholder="Add what must be true, then Enter"
            value={text}
            maxLength={ACCEPT_CHARS_MAX}
            autoComplete="off"
            dir="auto"
            onChange={({ target }) => setText(target.value)}
            onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
            className="-mx-2 h-8 w-[calc(100%+1rem)] rounded-control border border-transparent
          bg-transparent px-[7px] text-list hover:border-line focus:border-edge focus:bg-surface"
          />
        </form>
      )}
    </Section>
  )
}
