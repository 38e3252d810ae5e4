import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Account, Session, SignInNeeds } from './sign-in-ports.ts'
import { sessionEnded } from './start-session.ts'

/** The session in use and the account it is of. */
export type Current = Readonly<{ session: Session; account: Account }>

type Needs = Pick<SignInNeeds, 'sessions' | 'accounts'> & Pick<Words, 'call'>

/** Gives the id of the browser session in use; refuses keys: a file must not change an account. */
export const sessionInUse = ({ call }: Pick<Words, 'call'>): string => {
  const { via, credentialId } = call.actor
  if (via === 'session' && credentialId !== undefined) return credentialId
  const message = 'Sign in with a browser to do this; a key cannot change how you sign in.'
  throw refuse('forbidden', 'identity.session_needed', message)
}

/** Reads the session in use and its account. */
export const currentSession = (needs: Needs): Promise<Current> => read(needs, 'get')

/** Reads them and locks the account, for a change of it. */
export const lockedSession = (needs: Needs): Promise<Current> => read(needs, 'lock')

const read = async (needs: Needs, how: 'get' | 'lock'): Promise<Current> => {
  const { sessions, accounts, call } = needs
  const id = sessionInUse(needs)
  // The account first: where it is locked, the session is read as it is after that.
  const account = await accounts[how](call.actor.id)
  const session = await sessions.get(id, call.now)
  if (!session || account?.status !== 'active') throw sessionEnded()
  return { session, account }
}
