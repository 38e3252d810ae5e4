import { type ComponentProps, type ReactNode, useEffect, useId, useRef } from 'react'

type FieldProps = Omit<ComponentProps<'input'>, 'onChange'> &
  Readonly<{
    label: string
    about?: string
    /** What is wrong with it, in the words of the hub. */
    problem?: string | null
    /** Gets the focus when its page or dialog opens. */
    first?: boolean
    /** Gets the focus after a refusal that is about no field. */
    again?: boolean
    /** Stands in the field's own line, at its end. */
    end?: ReactNode
    change(text: string): void
  }>

/** Shows a labelled line of text to fill in. */
export const Field = (props: FieldProps) => {
  const { label, about, problem = null, first = false, again = false } = props
  const { change, end, className = '', ...rest } = inputOnly(props)
  const id = useId()
  const ref = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (first) ref.current?.focus()
  }, [first])
  const isBad = problem !== null
  const described = [about !== undefined && `${id}-about`, isBad && `${id}-problem`]
  return (
    <div>
      <label htmlFor={id} className="text-list font-medium">
        {label}
      </label>
      <span className="relative mt-1 block">
        <input
          ref={ref}
          id={id}
          autoComplete="off"
          data-first={first}
          data-again={again}
          aria-invalid={isBad}
          aria-describedby={described.filter(Boolean).join(' ') || undefined}
          onChange={(event) => change(event.target.value)}
          className={`h-9 w-full rounded-control border bg-surface px-2.5 ${
            isBad ? 'border-bad' : 'border-edge'
          } ${end === undefined ? '' : 'pr-10'} ${className}`}
          {...rest}
        />
        {end !== undefined && <span className="absolute top-1 right-1">{end}</span>}
      </span>
      {isBad && (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-meta text-bad">
          {problem}
        </p>
      )}
      {about !== undefined && (
        <p id={`${id}-about`} className="mt-1 text-meta text-text-3">
          {about}
        </p>
      )}
    </div>
  )
}

const inputOnly = ({
  label: _l,
  about: _a,
  problem: _p,
  first: _f,
  again: _g,
  ...rest
}: FieldProps) => rest
