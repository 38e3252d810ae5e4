import { useId } from 'react'

type SwitchProps = Readonly<{
  label: string
  about?: string
  isOn: boolean
  change(isOn: boolean): void
  disabled?: boolean
}>

/** Shows something that is on or off; it takes effect at once. */
export const Switch = ({ label, about, isOn, change, disabled }: SwitchProps) => {
  const id = useId()
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="min-w-0">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {about !== undefined && (
          <p id={`${id}-about`} className="mt-0.5 text-list text-text-2">
            {about}
          </p>
        )}
      </div>
      <button
        type="button"
        id={id}
        role="switch"
        aria-checked={isOn}
        aria-describedby={about === undefined ? undefined : `${id}-about`}
        disabled={disabled}
        onClick={() => change(!isOn)}
        className={`relative mt-0.5 inline-flex h-6 w-10 shrink-0 items-center rounded-full border
          transition-colors duration-100 disabled:opacity-50 ${
            isOn ? 'border-accent bg-accent' : 'border-edge bg-sunken'
          }`}
      >
        <span
          aria-hidden="true"
          className={`block size-4 rounded-full transition-transform duration-100 ${
            isOn ? 'translate-x-5 bg-on-accent' : 'translate-x-0.5 bg-edge'
          }`}
        />
      </button>
    </div>
  )
}
