import { useState } from 'react'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { PasswordField } from '../../ui/form/password-field.tsx'
import { useLinkToken } from './use-link-token.ts'
import { browserName } from '../signed-in.ts'
import { isSignedIn, type SignedIn, strangerApi } from '../views.ts'
import { Arrival } from './arrival.tsx'
import { EntryPage } from './entry-page.tsx'
import { LinkOver } from './link-over.tsx'
import { useLink } from './use-link.ts'

/** Lets an invited person in. */
export const InvitationPage = () => {
  const token = useLinkToken('/invitation')
  const { about, trouble } = useLink(token, 'invite')
  const [signedIn, setSignedIn] = useState<SignedIn | null>(null)
  if (signedIn !== null) {
    return <Arrival stage={signedIn.stage} next="/" offersFactor over={() => setSignedIn(null)} />
  }
  if (token === null || trouble !== null) {
    return <LinkOver said={trouble}>Whoever invited you can make another one.</LinkOver>
  }
  if (about === null) return <EntryPage title="You are invited" about="One moment ..." />
  return (
    <EntryPage
      title={`Join ${about.organisation}`}
      about="Say how you are called and choose a password. You sign in with your e-mail."
    >
      <JoinForm token={token} email={about.email ?? ''} arrived={setSignedIn} />
    </EntryPage>
  )
}

type JoinFormProps = Readonly<{
  token: string
  email: string
  arrived(signedIn: SignedIn): void
}>

const JoinForm = ({ token, email, arrived }: JoinFormProps) => {
  const deed = useDeed()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const join = async (): Promise<void> => {
    const input = { token, name, password, agent: browserName(navigator.userAgent) }
    arrived(await strangerApi.write('/invitations/accept', input, isSignedIn))
  }
  return (
    <Form deed={deed} act={join} button="Join" fields={['name', 'password']} wide>
      <Field
        label="E-mail"
        type="email"
        name="username"
        autoComplete="username"
        value={email}
        change={() => {}}
        readOnly
        className="text-text-2"
      />
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
