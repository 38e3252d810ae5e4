import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { EntryPage } from './entry-page.tsx'

const DONE: Readonly<Record<string, readonly [title: string, about: string]>> = {
  given: ['Allowed', 'Go back to the other device or terminal; it goes on there in a moment.'],
  refused: ['Refused', 'The other device was told. You can close this page.'],
  over: ['That took too long', 'The code is over. Start again on the other device.'],
}
const PROBLEMS: Readonly<Record<string, string>> = {
  'identity.device_code_unknown': 'There is no such code, or it is over. Look at it once more.',
}
const LETTERS = /[^A-Za-z]/g

/** Takes the code that another device or terminal shows. */
export const DevicePage = () => {
  const { user_code: given = '', done = '', problem = '' } = useSearch({ strict: false })
  const deed = useDeed()
  const [code, setCode] = useState(given)
  const [title, about] = DONE[done] ?? [null, null]
  if (title !== null) {
    return (
      <EntryPage title={title} about={about}>
        <p className="text-list">
          <Link to="/" className="text-accent underline underline-offset-2">
            Go to the board
          </Link>
        </p>
      </EntryPage>
    )
  }
  const go = async (): Promise<void> => {
    const plain = code.replaceAll(LETTERS, '').toUpperCase()
    if (plain.length !== CODE_LETTERS)
      throw new Error('The code has eight letters, as in BCDF-GHJK.')
    window.location.assign(`/oauth/device/${plain.slice(0, 4)}-${plain.slice(4)}`)
  }
  return (
    <EntryPage
      title="Connect a device"
      about="Type the code that the other device or terminal shows, or check that it is the same."
    >
      {problem !== '' && deed.trouble === null && (
        <p role="alert" className="text-list text-bad">
          {PROBLEMS[problem] ?? 'That did not work. Start again on the other device.'}
        </p>
      )}
      <Form deed={deed} act={go} button="Continue" wide>
        <Field
          label="Code"
          value={code}
          change={setCode}
          autoCapitalize="characters"
          spellCheck={false}
          placeholder="BCDF-GHJK"
          maxLength={16}
          required
          first
          again
          className="font-mono tracking-wider uppercase"
        />
      </Form>
      <p className="text-list text-text-2">
        Go on only if you started this yourself. Nobody needs your code to help you.
      </p>
    </EntryPage>
  )
}

const CODE_LETTERS = 8
