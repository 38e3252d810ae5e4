import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Menu } from '../../../ui/over/menu.tsx'
import { moreButton } from '../more-button.tsx'
import { ACCEPT_CHARS_MAX, type Accept, type AcceptChange } from './accept.ts'

type AcceptRowProps = Readonly<{
  item: Accept[number]
  mayWrite: boolean
  isFirst: boolean
  isLast: boolean
  change(what: AcceptChange): void
}>

/** Shows one line of an acceptance list; Alt and the arrows move it. */
export const AcceptRow = ({ item, mayWrite, isFirst, isLast, change }: AcceptRowProps) => {
  const [isOpen, setOpen] = useState(false)
  const { text, done } = item
  const move = (by: 1 | -1): void => {
    change({ kind: 'move', text, by })
    focusLine(text)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.altKey ? STEPS[event.key] : undefined
    if (by === undefined || !mayWrite) return
    event.preventDefault()
    move(by)
  }
  const rewrite = (to: string): void => {
    setOpen(false)
    focusLine(to === '' ? text : to)
    if (to !== '' && to !== text) change({ kind: 'rewrite', text, to })
  }
  if (isOpen) return <RowEditor text={text} done={rewrite} />
  return (
    <li className="group flex items-start gap-2 rounded-control hover:bg-hover">
      <label className="flex min-h-7 min-w-0 flex-1 items-start gap-2 py-1 text-list">
        <input
          type="checkbox"
          checked={done}
          disabled={!mayWrite}
          data-line={text}
          onKeyDown={onKeyDown}
          onChange={({ target }) => change({ kind: 'tick', text, done: target.checked })}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <span
          className={`min-w-0 [overflow-wrap:anywhere] ${done ? 'text-text-3' : ''}`}
          dir="auto"
        >
          {text}
        </span>
      </label>
      {mayWrite && (
        <Menu
          label={`Change ${text}`}
          align="end"
          items={[
            { label: 'Edit', icon: <Pencil className="size-4" />, run: () => setOpen(true) },
            {
              ...{ label: 'Move up', keys: 'Alt+ArrowUp', isOff: isFirst },
              ...{ icon: <ArrowUp className="size-4" />, run: () => move(-1) },
            },
            {
              ...{ label: 'Move down', keys: 'Alt+ArrowDown', isOff: isLast },
              ...{ icon: <ArrowDown className="size-4" />, run: () => move(1) },
            },
            {
              ...{ label: 'Remove', isBad: true, icon: <Trash2 className="size-4" /> },
              run: () => change({ kind: 'remove', text }),
            },
          ]}
          button={moreButton(`Change ${text}`)}
        />
      )}
    </li>
  )
}

const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowUp: -1, ArrowDown: 1 }

// A line that moved or was rewritten is drawn anew; the focus goes with it.
const focusLine = (text: string): void => {
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      const line = document.querySelector(`[data-line="${CSS.escape(text)}"]`)
      if (line instanceof HTMLElement) line.focus()
    })
  })
}

type RowEditorProps = Readonly<{ text: string; done(to: string): void }>

const RowEditor = ({ text, done }: RowEditorProps) => {
  const [next, setNext] = useState(text)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') done(next.replaceAll(/\s+/g, ' ').trim())
    if (event.key === 'Escape') done('')
    if (event.key === 'Enter' || event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
    }
  }
  return (
    <li>
      <input
        ref={(field) => field?.focus()}
        aria-label="Text of the line"
        value={next}
        maxLength={ACCEPT_CHARS_MAX}
        autoComplete="off"
        dir="auto"
        onChange={({ target }) => setNext(target.value)}
        onKeyDown={onKeyDown}
        className="h-8 w-full rounded-control border border-edge bg-surface px-2 text-list"
      />
    </li>
  )
}
