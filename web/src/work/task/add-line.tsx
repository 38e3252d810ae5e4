import { type KeyboardEvent, useState } from 'react'
import { whyOf } from '../../live/own/why-of.ts'

type AddLineProps = Readonly<{
  label: string
  placeholder: string
  maxLength: number
  add(text: string): Promise<void>
}>

/** Shows a field at the end of a list: Enter adds what is written, and asks for the next one. */
export const AddLine = ({ label, placeholder, maxLength, add }: AddLineProps) => {
  const [text, setText] = useState('')
  const [said, setSaid] = useState<string | null>(null)
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') event.currentTarget.blur()
    const written = text.replaceAll(/\s+/g, ' ').trim()
    if (event.key !== 'Enter' || written === '') return
    event.preventDefault()
    setText('')
    setSaid(null)
    add(written).catch((thrown: unknown) => {
      // What was written comes back, unless the next one is being written already.
      setText((now) => (now === '' ? written : now))
      setSaid(whyOf(thrown))
    })
  }
  return (
    <>
      <input
        aria-label={label}
        placeholder={placeholder}
        value={text}
        maxLength={maxLength}
        autoComplete="off"
        dir="auto"
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
        className="-mx-2 h-8 w-[calc(100%+1rem)] rounded-control border border-transparent
          bg-transparent px-[7px] text-list hover:border-line focus:border-edge focus:bg-surface"
      />
      {said !== null && (
        <p role="alert" className="mt-1 text-list text-bad">
          {said}
        </p>
      )}
    </>
  )
}
