import { useState } from 'react'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { PasswordField } from '../../ui/form/password-field.tsx'
import { useLinkToken } from './use-link-token.ts'
import { browserName } from '../signed-in.ts'
import { isSignedIn, type SignedIn, strangerApi } from '../views.ts'
import { Arrival } from './arrival.tsx'
import { Command, EntryPage } from './entry-page.tsx'
import { LinkOver } from './link-over.tsx'
import { useLink } from './use-link.ts'

/** Makes the owner of a new hub out of whoever holds the link of its first start. */
export const SetUpPage = () => {
  const token = useLinkToken('/set-up')
  const { about, trouble } = useLink(token, 'set_up')
  const [signedIn, setSignedIn] = useState<SignedIn | null>(null)
  if (signedIn !== null) {
    const over = (): void => setSignedIn(null)
    return <Arrival stage={signedIn.stage} next="/start" offersFactor over={over} />
  }
  if (token === null || trouble !== null) {
    return (
      <LinkOver said={trouble}>
        Guildhall prints the link when it starts for the first time. Lost it? Run{' '}
        <Command>guildhall open</Command> on its machine: that signs you in, too.
      </LinkOver>
    )
  }
  return (
    <EntryPage
      title="Set up your hall"
      about={
        about === null
          ? 'One moment ...'
          : `You become the owner of ${about.organisation}. First you, then a second factor.`
      }
    >
      {about !== null && <OwnerForm token={token} arrived={setSignedIn} />}
    </EntryPage>
  )
}

type OwnerFormProps = Readonly<{ token: string; arrived(signedIn: SignedIn): void }>

const OwnerForm = ({ token, arrived }: OwnerFormProps) => {
  const deed = useDeed()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const setUp = async (): Promise<void> => {
    const agent = browserName(navigator.userAgent)
    const input = { token, name, email, password, agent }
    arrived(await strangerApi.write('/set-up', input, isSignedIn))
  }
  return (
    <Form deed={deed} act={setUp} button="Set up" fields={['name', 'email', 'password']} wide>
      <Field
        label="Name"
        name="name"
        autoComplete="name"
        value={name}
        change={setName}
        problem={problemAt(deed, 'name')}
        maxLength={100}
        required
        first
      />
      <Field
        label="E-mail"
        about="You sign in with it. Nothing is sent to anybody."
        type="email"
        name="username"
        autoComplete="username"
        value={email}
        change={setEmail}
        problem={problemAt(deed, 'email')}
        required
      />
      <PasswordField
        kind="new-password"
        value={password}
        change={setPassword}
        problem={problemAt(deed, 'password')}
        hint
      />
    </Form>
  )
}
