import { namesToAvoid, refuseWeak } from '../domain/password.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

type Needs = Pick<SignInNeeds, 'passwordList' | 'keys' | 'hasher'>

/** Looks at a new password and hashes it: outside of any transaction, because both take time. */
export const choosePassword = async (
  { passwordList, keys, hasher }: Needs,
  password: string,
  email: string | null,
): Promise<string> => {
  const [isListed, { name, slug }] = await Promise.all([passwordList(), keys.organisation()])
  refuseWeak(password, { isListed, names: namesToAvoid(email, [name, slug, 'guildhall']) })
  return hasher.hash(password)
}
