import { useState } from 'react'
import { Refused } from '../../live/api.ts'
import { Button } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { browserName } from '../signed-in.ts'
import { isSignedIn, type SignedIn, strangerApi } from '../views.ts'
import { EntryPage } from './entry-page.tsx'
import { useLink } from './use-link.ts'

type LinkFormProps = Readonly<{
  token: string
  arrived(signedIn: SignedIn): void
  leave(): void
}>

/** Signs in by the link that the command line made, once its holder says so. */
export const LinkForm = ({ token, arrived, leave }: LinkFormProps) => {
  const deed = useDeed()
  const { about, trouble } = useLink(token, 'sign_in')
  const [isGone, setGone] = useState(false)
  const signIn = async (): Promise<void> => {
    const input = { token, agent: browserName(navigator.userAgent) }
    const signedIn = await strangerApi.write('/sessions/link', input, isSignedIn).catch(noteGone)
    arrived(signedIn)
  }
  const noteGone = (thrown: unknown): never => {
    if (thrown instanceof Refused && thrown.code === 'identity.link_not_valid') setGone(true)
    throw thrown
  }
  const other = (
    <Button look="quiet" className="h-9" onClick={leave}>
      Sign in another way
    </Button>
  )
  if (trouble !== null || isGone) {
    return (
      <EntryPage title="This link is over" about={<p role="alert">{trouble ?? GONE}</p>}>
        {other}
      </EntryPage>
    )
  }
  const place = about === null ? 'Guildhall' : about.organisation
  const who = about?.email ? ` as ${about.email}` : ''
  return (
    <EntryPage
      title={`Sign in to ${place}`}
      about={`You opened a link that signs this browser in${who}.`}
    >
      <Form deed={deed} act={signIn} button="Sign in" wide aside={other} />
    </EntryPage>
  )
}

const GONE = 'A link signs in once and for five minutes. Run guildhall open for a new one.'
