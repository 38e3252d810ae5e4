type Option<T extends string> = Readonly<{ value: T; name: string }>

type SegmentsProps<T extends string> = Readonly<{
  label: string
  options: readonly Option<T>[]
  /** The chosen one; `null` where something else was chosen. */
  value: T | null
  change(value: T): void
}>

/** Shows a small choice of one out of a few. */
export const Segments = <T extends string>(props: SegmentsProps<T>) => {
  const { label, options, value, change } = props
  return (
    <div
      role="group"
      aria-label={label}
      className="inline-flex shrink-0 rounded-control border border-line bg-surface p-px"
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => change(option.value)}
          className="h-7 rounded-control px-2 text-list font-medium text-text-3 hover:text-text
            aria-pressed:bg-hover aria-pressed:text-text"
        >
          {option.name}
        </button>
      ))}
    </div>
  )
}
