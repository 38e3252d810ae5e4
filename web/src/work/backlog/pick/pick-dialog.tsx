import { Check } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Dialog } from '../../../ui/dialog.tsx'

/** One thing to choose from a list. */
export type Option = Readonly<{
  value: string
  name: string
  mark?: ReactNode
  isChosen?: boolean
  about?: string
}>

type PickDialogProps = Readonly<{
  title: string
  placeholder: string
  options: readonly Option[]
  /** Makes an option of what was typed and is in no option. */
  free?: (text: string) => Option | null
  /** Called with every letter, where the options come from elsewhere and are found already. */
  search?: (text: string) => void
  choose(value: string): void
  close(): void
  /** Stands above the list. */
  children?: ReactNode
}>

const SHOWN_MAX = 60

/** Asks for one of a list: type to find it, arrows and Enter to choose it. */
export const PickDialog = (props: PickDialogProps) => {
  const { title, placeholder, options, free, search, choose, close, children } = props
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const list = useRef<HTMLUListElement>(null)
  const wanted = text.trim().toLowerCase()
  const found = search ? options : matching(options, wanted)
  const made = wanted === '' ? null : (free?.(text.trim()) ?? null)
  const isKnown = options.some(({ value }) => value.toLowerCase() === made?.value.toLowerCase())
  const shown = [...found.slice(0, SHOWN_MAX), ...(made === null || isKnown ? [] : [made])]
  const here = Math.min(at, shown.length - 1)
  useEffect(() => {
    list.current?.children[here]?.scrollIntoView({ block: 'nearest' })
  }, [here])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const step = STEPS[event.key]
    if (step !== undefined && shown.length > 0) {
      event.preventDefault()
      setAt((here + step + shown.length) % shown.length)
    }
    const option = shown[here]
    if (event.key !== 'Enter' || option === undefined) return
    event.preventDefault()
    choose(option.value)
  }
  return (
    <Dialog title={title} close={close}>
      {children}
      <div className="p-2">
        <input
          data-first="true"
          role="combobox"
          aria-label={placeholder}
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={here >= 0 ? `${id}-${here}` : undefined}
          placeholder={placeholder}
          value={text}
          autoComplete="off"
          onChange={({ target }) => {
            setText(target.value)
            setAt(0)
            search?.(target.value)
          }}
          onKeyDown={onKeyDown}
          className="h-9 w-full rounded-control border border-edge bg-surface px-2.5"
        />
        <ul
          ref={list}
          id={id}
          role="listbox"
          aria-label={title}
          className="mt-2 max-h-72 overflow-y-auto"
        >
          {shown.map((option, index) => (
            <Row
              key={option.value}
              id={`${id}-${index}`}
              option={option}
              isHere={index === here}
              choose={() => choose(option.value)}
              look={() => setAt(index)}
            />
          ))}
        </ul>
        {shown.length === 0 && (
          <p role="status" className="px-2.5 py-2 text-list text-text-3">
            Nothing is called that.
          </p>
        )}
      </div>
    </Dialog>
  )
}

// What begins like it comes before what only holds it.
const matching = (options: readonly Option[], wanted: string): readonly Option[] => {
  const held = options.filter(({ name }) => name.toLowerCase().includes(wanted))
  const begins = (option: Option): boolean =>
    option.name.toLowerCase().replace(/^@/, '').startsWith(wanted)
  return [...held.filter(begins), ...held.filter((option) => !begins(option))]
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

type RowProps = Readonly<{
  id: string
  option: Option
  isHere: boolean
  choose(): void
  look(): void
}>

// The focus stays in the field: a line that is chosen is one that the field points to.
const Row = ({ id, option, isHere, choose, look }: RowProps) => (
  <li
    id={id}
    role="option"
    aria-selected={option.isChosen ?? false}
    data-here={isHere}
    onMouseMove={look}
    onMouseDown={(event) => event.preventDefault()}
    onClick={choose}
    className="flex min-h-8 cursor-pointer items-center gap-2 rounded-control px-2.5 py-1 text-list
      data-[here=true]:bg-hover"
  >
    {option.mark}
    <span className="min-w-0 flex-1">
      <span className="block truncate" dir="auto">
        {option.name}
      </span>
      {option.about !== undefined && (
        <span className="block truncate text-meta text-text-3">{option.about}</span>
      )}
    </span>
    {option.isChosen === true && <Check className="size-4 shrink-0 text-accent" />}
  </li>
)
