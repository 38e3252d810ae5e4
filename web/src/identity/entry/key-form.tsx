import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { isKey, keepKey } from '../key.ts'
import { EntryPage } from './entry-page.tsx'

type KeyFormProps = Readonly<{ said: string | null; next: string; leave(): void }>

/** Asks for an API key, for who has no other way in. */
export const KeyForm = ({ said, next, leave }: KeyFormProps) => {
  const deed = useDeed()
  const [text, setText] = useState('')
  const use = async (): Promise<void> => {
    const key = text.trim()
    if (!isKey(key)) {
      throw new Error('This is not a whole key: it starts with guild_ and has 89 characters.')
    }
    keepKey(key)
    window.location.replace(next)
  }
  return (
    <EntryPage
      title="Sign in to Guildhall"
      about="With a key, this tab is signed in until it is closed."
    >
      {said !== null && deed.trouble === null && (
        <p role="status" className="text-list text-text-2">
          {said}
        </p>
      )}
      <Form
        deed={deed}
        act={use}
        button="Sign in"
        aside={
          <Button look="quiet" onClick={leave}>
            Another way
          </Button>
        }
      >
        <Field
          label="Key"
          type="password"
          placeholder="guild_..."
          value={text}
          change={setText}
          spellCheck={false}
          required
          first
          again
          className="font-mono"
        />
      </Form>
    </EntryPage>
  )
}
