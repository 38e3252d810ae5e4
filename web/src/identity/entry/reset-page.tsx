import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { WAYS_PATH } from '../../live/early.ts'
import { anything, shape } from '../../live/api.ts'
import { problemAt, useDeed } from '../../ui/form/deed.ts'
import { Field } from '../../ui/form/field.tsx'
import { Form } from '../../ui/form/form.tsx'
import { PasswordField } from '../../ui/form/password-field.tsx'
import { useLinkToken } from './use-link-token.ts'
import { noteSignedOut } from '../signed-in.ts'
import { isSignInWays, strangerApi } from '../views.ts'
import { EntryPage } from './entry-page.tsx'
import { LinkOver } from './link-over.tsx'
import { useLink } from './use-link.ts'

const isSaid = shape<{ said: string }>('said')

/** Sets a new password by a link, or asks for such a link. */
export const ResetPage = () => {
  const token = useLinkToken('/reset')
  const { about, trouble } = useLink(token, 'reset')
  if (token === null) return <AskPage />
  if (trouble !== null) {
    return <LinkOver said={trouble}>Links for a new password are good for one hour.</LinkOver>
  }
  if (about === null) return <EntryPage title="Choose a new password" about="One moment ..." />
  return <NewPassword token={token} email={about.email ?? ''} />
}

const NewPassword = ({ token, email }: Readonly<{ token: string; email: string }>) => {
  const deed = useDeed()
  const [password, setPassword] = useState('')
  const [isDone, setDone] = useState(false)
  const reset = async (): Promise<void> => {
    await strangerApi.write('/password-resets/finish', { token, password }, anything)
    noteSignedOut()
    setDone(true)
  }
  if (isDone) {
    return (
      <EntryPage
        title="Your password is changed"
        about="Every browser was signed out. A second factor stays as it was."
      >
        <SignInLink />
      </EntryPage>
    )
  }
  return (
    <EntryPage title="Choose a new password">
      <Form deed={deed} act={reset} button="Change password" fields={['password']} wide>
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
        <PasswordField
          kind="new-password"
          label="New password"
          value={password}
          change={setPassword}
          problem={problemAt(deed, 'password')}
          first
          hint
        />
      </Form>
    </EntryPage>
  )
}

const AskPage = () => {
  const deed = useDeed()
  const [email, setEmail] = useState('')
  const [said, setSaid] = useState<string | null>(null)
  const hasMail = useMail()
  const ask = async (): Promise<void> => {
    setSaid((await strangerApi.write('/password-resets', { email }, isSaid)).said)
  }
  if (hasMail === false) {
    return (
      <EntryPage
        title="Forgot your password?"
        about={
          <p>
            This hub sends no mail. Ask an owner for a link by which you choose a new one; owners
            make it under Settings, Members.
          </p>
        }
      >
        <SignInLink />
      </EntryPage>
    )
  }
  return (
    <EntryPage
      title="Forgot your password?"
      about={said === null ? 'We mail you a link by which you choose a new one.' : undefined}
    >
      {said === null ? (
        <Form deed={deed} act={ask} button="Send the link" fields={['email']} wide>
          <Field
            label="E-mail"
            type="email"
            name="username"
            autoComplete="username"
            value={email}
            change={setEmail}
            problem={problemAt(deed, 'email')}
            required
            first
          />
        </Form>
      ) : (
        <p role="status">{said}</p>
      )}
      <SignInLink />
    </EntryPage>
  )
}

const SignInLink = () => (
  <p className="text-list">
    <Link to="/sign-in" className="text-accent underline underline-offset-2">
      Go to the sign-in
    </Link>
  </p>
)

const useMail = (): boolean | null => {
  const [hasMail, setMail] = useState<boolean | null>(null)
  useEffect(() => {
    strangerApi.read(WAYS_PATH, isSignInWays).then(
      ({ mail }) => setMail(mail),
      () => {},
    )
  }, [])
  return hasMail
}
