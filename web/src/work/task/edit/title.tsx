import { Pencil } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Conflict } from './conflict.tsx'
import { saveTask } from './save-task.ts'
import { whoChangedField } from './who-changed.ts'

type TitleProps = Readonly<{ task: Task; mayWrite: boolean }>

/** Shows the title of a task; Enter saves a change of it, Escape leaves it as it was. */
export const Title = ({ task, mayWrite }: TitleProps) => {
  const [isOpen, setOpen] = useState(false)
  const again = useRef<HTMLButtonElement>(null)
  if (isOpen) {
    const close = (): void => {
      setOpen(false)
      // The button is there again with the next frame.
      requestAnimationFrame(() => again.current?.focus())
    }
    return <TitleEditor task={task} close={close} />
  }
  return (
    <div className="group mt-4 flex items-start gap-1">
      <h1
        className="min-w-0 flex-1 text-title font-semibold [overflow-wrap:anywhere]"
        dir="auto"
        onDoubleClick={() => mayWrite && setOpen(true)}
      >
        {task.title}
      </h1>
      {mayWrite && (
        <IconButton
          ref={again}
          label="Edit the title"
          data-edit="title"
          onClick={() => setOpen(true)}
          className="-mr-1.5 -mt-0.5"
        >
          <Pencil className="size-3.5" />
        </IconButton>
      )}
    </div>
  )
}

type EditorProps = Readonly<{ task: Task; close(): void }>

const TITLE_MAX = 300

const TitleEditor = ({ task, close }: EditorProps) => {
  const hall = useHall()
  const [base, setBase] = useState({ title: task.title, version: task.version })
  const [text, setText] = useState(task.title)
  const [isBusy, setBusy] = useState(false)
  const [isStale, setStale] = useState(false)
  const said = text.replaceAll(/\s+/g, ' ').trim()
  const save = async (version: number): Promise<void> => {
    if (said === '' || isBusy) return
    if (said === task.title) return close()
    setBusy(true)
    const saved = await saveTask(hall, {
      ...{ task, version, said: 'renamed', fields: { title: said }, shown: { title: said } },
      back: { title: task.title },
    })
    setBusy(false)
    setStale(saved === 'stale')
    if (saved === 'saved') close()
  }
  const go = (version: number) => () => {
    save(version).catch(() => {})
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') {
      event.preventDefault()
      go(base.version)()
    }
    if (event.key !== 'Escape') return
    event.stopPropagation()
    event.preventDefault()
    close()
  }
  const events = hall.details.get(task.key)?.events ?? []
  return (
    <div className="mt-3">
      <textarea
        ref={focusEnd}
        aria-label="Title"
        rows={2}
        dir="auto"
        maxLength={TITLE_MAX}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
        className="block w-full resize-none rounded-control border border-edge bg-surface px-2.5
          py-1.5 text-title font-semibold [field-sizing:content]"
      />
      <div className="mt-2 flex items-center gap-2">
        <Button disabled={isBusy || said === ''} onClick={go(base.version)}>
          Save
        </Button>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
        <span className="ml-auto text-meta text-text-3 tabular-nums">
          {said.length} of {TITLE_MAX}
        </span>
      </div>
      {isStale && (
        <Conflict
          what="title"
          by={whoChangedField(events, 'title')}
          before={base.title}
          theirs={task.title}
          keepMine={() => {
            setBase({ title: task.title, version: task.version })
            go(task.version)()
          }}
          takeTheirs={close}
        />
      )}
    </div>
  )
}

const focusEnd = (field: HTMLTextAreaElement | null): void => {
  if (field === null || document.activeElement === field) return
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
}
