import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../button.tsx'
import { Field } from './field.tsx'

type PasswordFieldProps = Readonly<{
  label?: string
  /** Tells password managers whether it is the one that is or the one that will be. */
  kind: 'current-password' | 'new-password'
  value: string
  change(text: string): void
  problem?: string | null
  first?: boolean
  /** Says how long the password is for guessing, while it is written. */
  hint?: boolean
}>

const LONG_ENOUGH = 12
const GOOD = 20

/** Shows a password to fill in, hidden until its writer wants to see it. */
export const PasswordField = (props: PasswordFieldProps) => {
  const { label = 'Password', kind, value, change, problem = null, first = false, hint } = props
  const [isShown, setShown] = useState(false)
  const toggle = (
    <IconButton
      label={isShown ? 'Hide password' : 'Show password'}
      aria-pressed={isShown}
      onClick={() => setShown(!isShown)}
    >
      {isShown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
    </IconButton>
  )
  return (
    <div>
      <Field
        label={label}
        type={isShown ? 'text' : 'password'}
        name={kind}
        autoComplete={kind}
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        change={change}
        problem={problem}
        first={first}
        again
        required
        end={toggle}
      />
      {hint && <Strength password={value} />}
    </div>
  )
}

const HUES = ['bg-line', 'bg-wait', 'bg-run', 'bg-ok'] as const

// A hint only: what is refused is decided by the hub, and it asks for no kinds of letters.
const Strength = ({ password }: Readonly<{ password: string }>) => {
  const length = [...password].length
  const step = length === 0 ? 0 : length < LONG_ENOUGH ? 1 : length < GOOD ? 2 : 3
  const words = [
    `At least ${LONG_ENOUGH} characters. Four or five words that do not belong together do well.`,
    `${LONG_ENOUGH - length} more characters to go.`,
    'Good. A few words more make it hard to guess.',
    'Long and hard to guess.',
  ]
  return (
    <div className="mt-1.5">
      <div className="flex gap-1" aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <span
            key={bar}
            className={`h-1 flex-1 rounded-full ${bar <= step ? HUES[step] : 'bg-line'}`}
          />
        ))}
      </div>
      <p className="mt-1 text-meta text-text-3" aria-live="polite">
        {words[step]}
      </p>
    </div>
  )
}
