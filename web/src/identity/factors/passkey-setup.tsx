import { useState } from 'react'
import type { Api } from '../../live/api.ts'
import { anything } from '../../live/api.ts'
import { Button } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { makePasskey, placeWithName } from '../passkeys.ts'
import { browserName } from '../signed-in.ts'
import { isPasskeyAsked } from '../views.ts'

type PasskeySetupProps = Readonly<{ api: Api; done(): void; cancel(): void }>

/** Lets this device make a passkey, under a name its holder knows it by. */
export const PasskeySetup = ({ api, done, cancel }: PasskeySetupProps) => {
  const deed = useDeed()
  const [name, setName] = useState(() => browserName(navigator.userAgent))
  const elsewhere = placeWithName(window.location)
  if (elsewhere !== null) return <NeedsName place={elsewhere} cancel={cancel} />
  const make = async (): Promise<void> => {
    const { challengeId, options } = await api.write('/me/passkeys/options', {}, isPasskeyAsked)
    const answer = await makePasskey(options)
    await api.write('/me/passkeys', { passkey: { challengeId, answer }, name }, anything)
    done()
  }
  return (
    <Form
      deed={deed}
      act={make}
      button="Make a passkey"
      aside={
        <Button look="quiet" onClick={cancel}>
          Cancel
        </Button>
      }
    >
      <Field
        label="Name"
        about="What you call this device in your list of passkeys."
        value={name}
        change={setName}
        maxLength={80}
        required
        first
      />
    </Form>
  )
}

const NeedsName = ({ place, cancel }: Readonly<{ place: string; cancel(): void }>) => (
  <div className="grid gap-3">
    <p className="text-text-2">
      Passkeys are bound to a name, and this address has only digits. Open{' '}
      <a href={place} className="text-accent underline underline-offset-2">
        {new URL(place).origin}
      </a>
      , sign in there and make the passkey.
    </p>
    <Button className="justify-self-start" onClick={cancel}>
      Back
    </Button>
  </div>
)
