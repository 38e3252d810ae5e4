import { useId } from 'react'

type Option = Readonly<{ value: string; name: string }>

type SelectProps = Readonly<{
  label: string
  about?: string
  value: string
  options: readonly Option[]
  change(value: string): void
  disabled?: boolean
}>

/** Shows a labelled choice of one out of a few. */
export const Select = ({ label, about, value, options, change, disabled }: SelectProps) => {
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="text-list font-medium">
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={about === undefined ? undefined : `${id}-about`}
        onChange={(event) => change(event.target.value)}
        className="mt-1 block h-9 w-full rounded-control border border-edge bg-surface px-2"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
      {about !== undefined && (
        <p id={`${id}-about`} className="mt-1 text-meta text-text-3">
          {about}
        </p>
      )}
    </div>
  )
}
