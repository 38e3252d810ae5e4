import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { forgetToken } from '../link-token.ts'
import { ownPath } from '../own-path.ts'
import { farewell } from '../signed-in.ts'
import type { SignedIn } from '../views.ts'
import { Arrival } from './arrival.tsx'
import { KeyForm } from './key-form.tsx'
import { LinkForm } from './link-form.tsx'
import { PasswordForm } from './password-form.tsx'
import { useLinkToken } from './use-link-token.ts'

/** Signs somebody in: with a password, a passkey, another issuer, a link, or a key. */
export const SignInPage = () => {
  const search = useSearch({ strict: false })
  const next = ownPath(search.next, window.location.origin)
  const [signedIn, setSignedIn] = useState<SignedIn | null>(null)
  const [said, setSaid] = useState<string | null>(farewell)
  const token = useLinkToken('/sign-in')
  const [isByKey, setByKey] = useState(search.with === 'key')
  if (signedIn !== null) {
    const over = (sentence: string): void => {
      setSaid(sentence)
      setSignedIn(null)
    }
    return <Arrival stage={signedIn.stage} next={next} over={over} />
  }
  if (token !== null) {
    return <LinkForm token={token} arrived={setSignedIn} leave={forgetToken} />
  }
  if (isByKey) return <KeyForm said={said} next={next} leave={() => setByKey(false)} />
  return (
    <PasswordForm
      said={said}
      next={next}
      organisation={search.organisation}
      arrived={setSignedIn}
      takeKey={() => setByKey(true)}
    />
  )
}
