import { type KeyboardEvent, type RefObject, useId, useRef, useState } from 'react'
import { Avatar } from '../../../ui/avatar.tsx'
import { useListedHandles } from '../../use-handles.ts'
import { type Mention, mentionAt, whoIsMeant, withMention } from './mention.ts'

type MentionBoxProps = Readonly<{
  label: string
  value: string
  change(text: string): void
  maxLength: number
  rows: number
  placeholder?: string | undefined
  /** Gets the focus when it is shown. */
  first?: boolean
  onKeyDown(event: KeyboardEvent): void
}>

/** Shows a field for texts; an at sign in it offers people and agents by name. */
export const MentionBox = (props: MentionBoxProps) => {
  const { label, value, change, maxLength, rows, placeholder, first = false } = props
  const ref = useRef<HTMLTextAreaElement>(null)
  const listId = useId()
  const mentions = useMentions(ref, value, change)
  const { shown, at } = mentions
  const isOpen = shown.length > 0
  return (
    <div className="relative">
      <textarea
        ref={(field) => {
          const isNew = ref.current === null && field !== null
          ref.current = field
          if (isNew && first) focusEnd(field)
        }}
        aria-label={label}
        role={isOpen ? 'combobox' : undefined}
        aria-autocomplete="list"
        aria-expanded={isOpen || undefined}
        aria-controls={isOpen ? listId : undefined}
        aria-activedescendant={isOpen ? `${listId}-${at}` : undefined}
        placeholder={placeholder}
        value={value}
        maxLength={maxLength}
        rows={rows}
        dir="auto"
        onChange={({ target }) => {
          change(target.value)
          mentions.look(target.value, target.selectionStart)
        }}
        onSelect={({ currentTarget: field }) => mentions.look(field.value, field.selectionStart)}
        onBlur={mentions.close}
        onKeyDown={(event) => {
          if (!mentions.press(event)) props.onKeyDown(event)
        }}
        className="block max-h-[60vh] w-full resize-y rounded-control border border-edge
          bg-surface px-2.5 py-1.5 [field-sizing:content]"
        style={{ minHeight: `${rows * LINE_REM + PADDING_REM}rem` }}
      />
      {isOpen && (
        <ul
          id={listId}
          role="listbox"
          aria-label="People and agents"
          className="absolute bottom-full left-0 z-10 mb-1 w-64 max-w-full rounded-card border
            border-line bg-raised p-1 shadow-popover"
        >
          {shown.map((handle, index) => (
            <li
              key={handle}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === at}
              // The focus stays in the text.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => mentions.choose(handle)}
              className="flex h-8 cursor-pointer items-center gap-2 rounded-control px-2 text-list
                hover:bg-hover aria-selected:bg-hover"
            >
              <Avatar handle={handle} />
              <span className="truncate">@{handle}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const LINE_REM = 1.25
const PADDING_REM = 0.875

const focusEnd = (field: HTMLTextAreaElement): void => {
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
}

const NOBODY: readonly string[] = []
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

const useMentions = (
  ref: RefObject<HTMLTextAreaElement | null>,
  value: string,
  change: (text: string) => void,
) => {
  const [mention, setMention] = useState<Mention | null>(null)
  const [at, setAt] = useState(0)
  const handles = useListedHandles(mention !== null)
  const shown = mention === null ? NOBODY : whoIsMeant(handles, mention.wanted)
  const here = Math.min(at, Math.max(0, shown.length - 1))
  const close = (): void => setMention(null)
  const look = (text: string, caret: number): void => {
    const found = mentionAt(text, caret)
    if (found?.from !== mention?.from || found?.wanted !== mention?.wanted) setAt(0)
    if (found === null || found.from !== shut.current) setMention(found)
    if (found === null) shut.current = null
  }
  // A list that was closed stays so until another name is begun.
  const shut = useRef<number | null>(null)
  const choose = (handle: string | undefined): void => {
    const field = ref.current
    if (mention === null || handle === undefined || field === null) return
    const place = { from: mention.from, caret: field.selectionStart }
    const next = withMention(value, place, handle)
    setMention(null)
    change(next.text)
    requestAnimationFrame(() => field.setSelectionRange(next.caret, next.caret))
  }
  /** Takes a key that is for the list; tells whether it was one. */
  const press = (event: KeyboardEvent): boolean => {
    if (shown.length === 0 || event.nativeEvent.isComposing) return false
    const step = STEPS[event.key]
    const isChosen = (event.key === 'Enter' || event.key === 'Tab') && !event.ctrlKey
    if (step !== undefined) setAt((here + step + shown.length) % shown.length)
    else if (isChosen && !event.metaKey) choose(shown[here])
    else if (event.key === 'Escape') {
      shut.current = mention?.from ?? null
      close()
    } else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  return { shown, at: here, look, close, choose, press }
}
