import { useState } from 'react'
import { anything } from '../../live/api.ts'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { useLinkToken } from './use-link-token.ts'
import { strangerApi } from '../views.ts'
import { EntryPage } from './entry-page.tsx'
import { LinkOver } from './link-over.tsx'
import { useLink } from './use-link.ts'

/** Lets somebody say that an address is theirs, by the link that was mailed to it. */
export const VerifyPage = () => {
  const token = useLinkToken('/verify')
  const { about, trouble } = useLink(token, 'verify')
  const deed = useDeed()
  const [isDone, setDone] = useState(false)
  const verify = async (): Promise<void> => {
    await strangerApi.write('/email-checks', { token }, anything)
    setDone(true)
  }
  if (token === null || trouble !== null) {
    return <LinkOver said={trouble}>You can ask for another one under Settings, Security.</LinkOver>
  }
  if (isDone) {
    return (
      <EntryPage title="This address is yours" about="Thank you.">
        <p className="text-list">
          <a href="/" className="text-accent underline underline-offset-2">
            Go to Guildhall
          </a>
        </p>
      </EntryPage>
    )
  }
  return (
    <EntryPage
      title="Is this your address?"
      about={about === null ? 'One moment ...' : <span className="break-all">{about.email}</span>}
    >
      {about !== null && <Form deed={deed} act={verify} button="Yes, it is mine" wide />}
    </EntryPage>
  )
}
