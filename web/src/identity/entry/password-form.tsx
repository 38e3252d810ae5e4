import { Link } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { WAYS_PATH } from '../../live/early.ts'
import { Button } from '../../ui/button.tsx'
import { type Deed, useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { goToIssuer } from '../external.ts'
import { knowsPasskeys, placeWithName } from '../passkeys.ts'
import { sendPasskey, SignInFields, useSignIn } from '../sign-in-fields.tsx'
import {
  isExternalStart,
  isSignInWays,
  type SignedIn,
  type SignInWays,
  strangerApi,
} from '../views.ts'
import { Command, EntryPage, Or } from './entry-page.tsx'

type PasswordFormProps = Readonly<{
  said: string | null
  next: string
  organisation: string | undefined
  arrived(signedIn: SignedIn): void
  takeKey(): void
}>

/** Asks for e-mail and password, and shows the other ways in. */
export const PasswordForm = (props: PasswordFormProps) => {
  const { said, organisation, arrived } = props
  const deed = useDeed()
  const signIn = useSignIn()
  const ways = useWays(organisation)
  return (
    <EntryPage title="Sign in to Guildhall">
      {said !== null && deed.trouble === null && (
        <p role="status" className="rounded-control bg-sunken px-3 py-2 text-list text-text-2">
          {said}
        </p>
      )}
      <Form
        deed={deed}
        act={async () => arrived(await signIn.send(organisation))}
        button="Sign in"
        wide
      >
        <SignInFields {...signIn} />
      </Form>
      <p className="flex flex-wrap justify-between gap-x-4 gap-y-1 text-list">
        <Link to="/reset" className="text-accent underline underline-offset-2">
          Forgot your password?
        </Link>
        <button
          type="button"
          className="text-text-2 underline underline-offset-2"
          onClick={props.takeKey}
        >
          Use an API key
        </button>
      </p>
      {/* These are known a moment later: nothing that is there already makes room for them. */}
      {ways?.setUp === false && <NotSetUp />}
      <OtherWays {...props} deed={deed} ways={ways} />
    </EntryPage>
  )
}

const NotSetUp = () => (
  <p role="status" className="rounded-control bg-sunken px-3 py-2 text-list text-text-2">
    Nobody has set up sign-in here yet. Open the link that the hub printed at its start, or run{' '}
    <Command>guildhall open</Command> on its machine.
  </p>
)

type OtherWaysProps = PasswordFormProps & Readonly<{ deed: Deed; ways: SignInWays | null }>

const OtherWays = ({ deed, ways, organisation, next, arrived }: OtherWaysProps) => {
  const named = organisation === undefined ? {} : { organisation }
  const elsewhere = placeWithName(window.location)
  const withPasskey = async (): Promise<void> => {
    if (elsewhere !== null) return window.location.assign(elsewhere)
    arrived(await sendPasskey(named))
  }
  const withProvider = async (provider: string): Promise<void> => {
    const input = { provider, ...named }
    const start = await strangerApi.write('/sessions/external', input, isExternalStart)
    goToIssuer(start.address, { binding: start.binding, kind: 'sign-in', next })
  }
  const hasPasskeys = ways?.passkeys === true && knowsPasskeys()
  const providers = ways?.providers ?? []
  if (!hasPasskeys && providers.length === 0) return null
  return (
    <>
      <Or />
      <div className="grid gap-2">
        {hasPasskeys && (
          <Button
            className="h-9"
            disabled={deed.isBusy}
            title={elsewhere === null ? undefined : `Opens ${new URL(elsewhere).origin}`}
            onClick={() => deed.run(withPasskey)}
          >
            <KeyRound className="size-4" />
            Continue with a passkey
          </Button>
        )}
        {providers.map(({ key, name }) => (
          <Button
            key={key}
            className="h-9"
            disabled={deed.isBusy}
            onClick={() => deed.run(() => withProvider(key))}
          >
            Continue with {name}
          </Button>
        ))}
      </div>
    </>
  )
}

// A hub that does not answer here will say so when somebody signs in.
const useWays = (organisation: string | undefined): SignInWays | null => {
  const [ways, setWays] = useState<SignInWays | null>(null)
  useEffect(() => {
    const about =
      organisation === undefined ? '' : `?organisation=${encodeURIComponent(organisation)}`
    strangerApi.read(`${WAYS_PATH}${about}`, isSignInWays).then(setWays, () => {})
  }, [organisation])
  return ways
}
