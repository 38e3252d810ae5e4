import { useState } from 'react'
import { Field } from '../../ui/form/field.tsx'

type CodeFieldProps = Readonly<{
  value: string
  change(code: string): void
  /** Whether backup codes are asked for at once, since there is no generator. */
  hasCodes?: boolean
  first?: boolean
}>

/** Shows a field for the code of an authenticator app, or for a backup code. */
export const CodeField = ({ value, change, hasCodes = false, first = false }: CodeFieldProps) => {
  const [isBackup, setBackup] = useState(hasCodes)
  return (
    <div>
      <Field
        key={isBackup ? 'backup' : 'app'}
        label={isBackup ? 'Backup code' : 'Code'}
        about={
          isBackup
            ? 'One of the ten codes that you kept, such as 3-ABCD-EFGH-JKMN-PQRS.'
            : 'The six digits that your authenticator app shows now.'
        }
        value={value}
        change={change}
        inputMode={isBackup ? 'text' : 'numeric'}
        autoComplete="one-time-code"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={64}
        required
        again
        first={first}
        className="font-mono tracking-wider"
      />
      <button
        type="button"
        className="mt-1.5 text-list text-accent underline underline-offset-2"
        onClick={() => {
          change('')
          setBackup(!isBackup)
        }}
      >
        {isBackup ? 'Use a code of the app' : 'Use a backup code'}
      </button>
    </div>
  )
}
