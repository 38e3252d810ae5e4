import { useId, type KeyboardEvent } from 'react'

type AreaFieldProps = Readonly<{
  label: string
  about?: string | undefined
  value: string
  change(text: string): void
  problem?: string | null
  mono?: boolean
  /** Lines that are there before anything is written; it grows with what is. */
  rows?: number
  placeholder?: string
  readOnly?: boolean
}>

/** Shows a labelled text of several lines to fill in. */
export const AreaField = (props: AreaFieldProps) => {
  const { label, about, value, change, problem = null, mono, rows = 1 } = props
  const { placeholder, readOnly } = props
  const id = useId()
  const isBad = problem !== null
  const described = [about !== undefined && `${id}-about`, isBad && `${id}-problem`]
  return (
    <div>
      <label htmlFor={id} className="text-list font-medium [overflow-wrap:anywhere]">
        {label}
      </label>
      <textarea
        id={id}
        value={value}
        rows={rows}
        dir="auto"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        readOnly={readOnly}
        aria-invalid={isBad}
        aria-describedby={described.filter(Boolean).join(' ') || undefined}
        onChange={({ target }) => change(target.value)}
        onKeyDown={sendOnEnter}
        className={`mt-1 block field-sizing-content max-h-96 w-full resize-y
          rounded-control border bg-surface px-2.5 py-1.5 [overflow-wrap:anywhere] ${
            isBad ? 'border-bad' : 'border-edge'
          } ${mono === true ? 'min-h-20 font-mono text-list' : 'min-h-9'}`}
      />
      {isBad && (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-meta text-bad">
          {problem}
        </p>
      )}
      {about !== undefined && (
        <p
          id={`${id}-about`}
          dir="auto"
          className="mt-1 text-meta whitespace-pre-line text-text-3 [overflow-wrap:anywhere]"
        >
          {about}
        </p>
      )}
    </div>
  )
}

// Enter begins a line here; with Control it sends the form, as everywhere.
const sendOnEnter = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}
