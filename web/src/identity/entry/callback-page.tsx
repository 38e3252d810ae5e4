import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { anything } from '../../live/api.ts'
import { troubleOf } from '../../ui/form/deed.ts'
import { type Begun, issuerAnswer, takeBegun } from '../external.ts'
import { ownPath } from '../own-path.ts'
import { browserName } from '../signed-in.ts'
import { isSignedIn, type SignedIn, strangerApi } from '../views.ts'
import { Arrival } from './arrival.tsx'
import { EntryPage } from './entry-page.tsx'

type Ended = Readonly<{ begun: Begun; signedIn: SignedIn | null }>

/** Ends a sign-in through another issuer, with what it sent the browser back with. */
export const CallbackPage = () => {
  const [ended, setEnded] = useState<Ended | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  useEffect(() => {
    ending ??= end()
    ending.then(setEnded, (thrown: unknown) => setSaid(troubleOf(thrown).said))
  }, [])
  useEffect(() => {
    if (ended?.begun.kind === 'link') window.location.replace('/settings/security')
  }, [ended])
  if (said !== null) {
    return (
      <EntryPage title="That did not work" about={<p role="alert">{said}</p>}>
        <p className="text-list">
          <Link to="/sign-in" className="text-accent underline underline-offset-2">
            Go to the sign-in
          </Link>
        </p>
      </EntryPage>
    )
  }
  if (ended?.signedIn) {
    const next = ownPath(ended.begun.next, window.location.origin)
    return <Arrival stage={ended.signedIn.stage} next={next} over={setSaid} />
  }
  return <EntryPage title="Signing in" about="One moment ..." />
}

// An answer can be used once; a page that is drawn twice must not use it twice.
let ending: Promise<Ended> | null = null

const end = async (): Promise<Ended> => {
  const begun = takeBegun()
  const answer = issuerAnswer()
  if (begun === null || answer === null) throw new Error(NOT_OURS)
  const input = { ...answer, binding: begun.binding }
  if (begun.kind === 'link') {
    await strangerApi.write('/me/accounts/finish', input, anything)
    return { begun, signedIn: null }
  }
  const named = { ...input, agent: browserName(navigator.userAgent) }
  const signedIn = await strangerApi.write('/sessions/external/finish', named, isSignedIn)
  return { begun, signedIn }
}

const NOT_OURS = 'This sign-in was ended elsewhere or not begun in this browser; start again.'
