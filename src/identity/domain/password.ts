import { refuse } from '../../kernel/refusal.ts'

// A password is taken exactly as it was sent: no trimming, no folding, no rules of which letters it
// has to hold. What is refused is what is guessed first.

/** Code points of the shortest and the longest password. */
export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 256
/** UTF-16 units that an input may have: twice the longest password. */
export const PASSWORD_UNITS_MAX = 512

const WORD_MIN = 5
const MORE_MAX = 4
const NAME_MIN = 3
const MORE_THAN_NAME_MIN = 8

/** What a password is held against. */
export type Guesses = Readonly<{
  /** Tells whether a text, case-folded, is in the list of common passwords. */
  isListed: (text: string) => boolean
  /** Names that come to mind first: e-mail, organisation, product. */
  names: readonly string[]
}>

/** Folds case: `Password` is guessed as easily as `password`. */
export const foldCase = (text: string): string => text.toLowerCase()

/** Says why a password would be guessed; `null` where nothing speaks against it. */
export const weaknessOf = (
  password: string,
  { isListed, names }: Guesses,
): 'short' | 'long' | 'common' | 'name' | null => {
  const length = [...password].length
  if (length < PASSWORD_MIN) return 'short'
  if (length > PASSWORD_MAX) return 'long'
  const folded = foldCase(password)
  if (isListed(folded) || isRepeated(folded, isListed) || isPadded(folded, isListed)) {
    return 'common'
  }
  return isNameWithLittle(folded, names) ? 'name' : null
}

/** Refuses a password that would be guessed. */
export const refuseWeak = (password: string, guesses: Guesses): void => {
  const weakness = weaknessOf(password, guesses)
  if (weakness === null) return
  throw refuse('invalid', 'identity.password_weak', SENTENCES[weakness], {
    field: 'password',
    why: weakness,
  })
}

const SENTENCES = {
  short: `Take at least ${PASSWORD_MIN} characters; four or five words do well.`,
  long: `Take at most ${PASSWORD_MAX} characters.`,
  common: 'This is one of the passwords that are guessed first; take a few words of your own.',
  name: 'This is little more than a name that everybody knows; take a few words of your own.',
} as const

/** Tells whether a text is a listed one, or a very short one, written several times. */
const isRepeated = (folded: string, isListed: Guesses['isListed']): boolean => {
  for (let size = 1; size <= folded.length / 2; size++) {
    if (folded.length % size !== 0) continue
    const piece = folded.slice(0, size)
    if (piece.repeat(folded.length / size) !== folded) continue
    if (size < WORD_MIN || isListed(piece)) return true
  }
  return false
}

/** Tells whether a text is a listed one with a few characters around it. */
const isPadded = (folded: string, isListed: Guesses['isListed']): boolean => {
  for (let more = 1; more <= MORE_MAX; more++) {
    const size = folded.length - more
    if (size < WORD_MIN) return false
    for (let start = 0; start <= more; start++) {
      if (isListed(folded.slice(start, start + size))) return true
    }
  }
  return false
}

const isNameWithLittle = (folded: string, names: readonly string[]): boolean =>
  names
    .map(foldCase)
    .filter((name) => name.length >= NAME_MIN)
    .some((name) => folded.includes(name) && folded.length - name.length < MORE_THAN_NAME_MIN)

/** Names what must not be most of a password: the address, its first part, and the given names. */
export const namesToAvoid = (
  email: string | null,
  more: readonly (string | null)[],
): readonly string[] => {
  const [local = ''] = email?.split('@') ?? []
  return [email, local, ...more].flatMap((name) => (name ? [name] : []))
}
