import { type ReactNode, useId } from 'react'

type Option<T extends string> = Readonly<{ value: T; name: string; icon?: ReactNode }>

type RadiosProps<T extends string> = Readonly<{
  label: string
  about?: string
  value: T
  options: readonly Option<T>[]
  change(value: T): void
}>

/** Shows a choice of one out of a few, all in sight. */
export const Radios = <T extends string>(props: RadiosProps<T>) => {
  const { label, about, value, options, change } = props
  const name = useId()
  return (
    <fieldset>
      <legend className="font-medium">{label}</legend>
      {about !== undefined && <p className="mt-0.5 text-list text-text-2">{about}</p>}
      <div className="mt-2 flex flex-wrap gap-2">
        {options.map((option) => (
          <label
            key={option.value}
            className="inline-flex h-9 items-center gap-2 rounded-control border border-line
              bg-surface px-3 text-list hover:bg-hover has-checked:border-accent
              has-checked:bg-accent-soft has-checked:font-medium has-focus-visible:outline-2
              has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => change(option.value)}
              className="accent-accent"
            />
            {option.icon}
            {option.name}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
