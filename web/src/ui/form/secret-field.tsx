import type { ComponentProps } from 'react'
import { Field } from './field.tsx'

type SecretFieldProps = Omit<ComponentProps<typeof Field>, 'type' | 'autoComplete' | 'spellCheck'>

/**
 * Takes a secret of another system, typed hidden. It is no password of this hall: managers have
 * nothing to fill in here, and nothing to keep.
 */
export const SecretField = (props: SecretFieldProps) => (
  <Field
    {...props}
    type="password"
    autoComplete="new-password"
    data-1p-ignore="true"
    spellCheck={false}
  />
)
