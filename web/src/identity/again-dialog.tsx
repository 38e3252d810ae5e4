import { KeyRound } from 'lucide-react'
import { shape } from '../live/api.ts'
import { useHall } from '../live/use-hall.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useDeed } from '../ui/form/deed.ts'
import { Form } from '../ui/form/form.tsx'
import { knowsPasskeys, placeWithName } from './passkeys.ts'
import { sendPasskey, SignInFields, useSignIn } from './sign-in-fields.tsx'
import { noteSignedIn } from './signed-in.ts'
import { isSignedIn, type SignedIn, strangerApi } from './views.ts'

const isWho = shape<Readonly<{ id: string }>>('id')

/**
 * Asks whoever sits here to sign in again after the session has ended. The page stays as it is,
 * what was written included, and what was asked of the hub goes on; for anybody else it is new.
 */
export const AgainDialog = () => {
  const { again, me, writes } = useHall()
  const deed = useDeed()
  const signIn = useSignIn()
  const { code } = signIn.filled
  const arrive = async ({ stage }: SignedIn): Promise<void> => {
    if (stage === 'factor' && code !== '') {
      const path = '/sessions/current/factor'
      if ((await strangerApi.write(path, { code }, isSignedIn)).stage !== null) return leave()
    } else if (stage === 'factor') {
      signIn.askCode()
      throw new Error('Your account is protected by a second factor: fill in its code, too.')
    } else if (stage !== null) return leave()
    const { id } = await strangerApi.read('/me', isWho)
    noteSignedIn()
    // Nothing of one person is shown to another, or sent in their name: the page is loaded anew,
    // with nothing in it.
    if (id !== me()?.id) {
      writes.drop()
      return window.location.reload()
    }
    again.settle(true)
  }
  const leave = (): void => again.settle(false)
  return (
    <Dialog title="Sign in again" close={leave}>
      <div className="grid gap-4 p-4">
        <p className="text-list text-text-2">
          Your session has ended. What is on this page stays, and goes on when you are back.
        </p>
        <Form
          deed={deed}
          act={async () => arrive(await signIn.send())}
          button="Sign in"
          aside={
            <Button look="quiet" onClick={leave}>
              Another way
            </Button>
          }
        >
          <SignInFields {...signIn} />
        </Form>
        {knowsPasskeys() && placeWithName(window.location) === null && (
          <Button
            disabled={deed.isBusy}
            onClick={() => deed.run(async () => arrive(await sendPasskey()))}
          >
            <KeyRound className="size-4" />
            Use a passkey
          </Button>
        )}
      </div>
    </Dialog>
  )
}
