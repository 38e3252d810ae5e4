type Check = Readonly<{ value: string; name: string; about?: string }>

type ChecksProps = Readonly<{
  label: string
  options: readonly Check[]
  chosen: readonly string[]
  change(chosen: readonly string[]): void
}>

/** Shows boxes to tick, as many as wanted. */
export const Checks = ({ label, options, chosen, change }: ChecksProps) => (
  <fieldset>
    <legend className="text-list font-medium">{label}</legend>
    <div className="mt-1 grid gap-0.5">
      {options.map(({ value, name, about }) => (
        <label
          key={value}
          className="flex min-h-7 items-start gap-2 rounded-control px-1 py-1 hover:bg-hover"
        >
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ target }) =>
              change(
                target.checked ? [...chosen, value] : chosen.filter((other) => other !== value),
              )
            }
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span>
            {name}
            {about !== undefined && <span className="block text-list text-text-2">{about}</span>}
          </span>
        </label>
      ))}
    </div>
  </fieldset>
)
