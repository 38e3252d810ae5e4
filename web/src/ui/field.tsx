import { type ComponentProps, useId } from 'react'

type FieldProps = Omit<ComponentProps<'input'>, 'onChange'> &
  Readonly<{
    label: string
    about?: string
    /** Gets the focus when its dialog opens. */
    first?: boolean
    change(text: string): void
  }>

/** Shows a labelled line of text to fill in. */
export const Field = ({ label, about, first = false, change, ...rest }: FieldProps) => {
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="text-list font-medium">
        {label}
      </label>
      <input
        id={id}
        autoComplete="off"
        data-first={first}
        aria-describedby={about === undefined ? undefined : `${id}-about`}
        onChange={(event) => change(event.target.value)}
        className="mt-1 h-9 w-full rounded-control border border-edge bg-surface px-2.5"
        {...rest}
      />
      {about !== undefined && (
        <p id={`${id}-about`} className="mt-1 text-meta text-text-3">
          {about}
        </p>
      )}
    </div>
  )
}
