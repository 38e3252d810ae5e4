import type { Stage } from '../../kernel/actor.ts'
import type { Call } from '../../kernel/operation.ts'
import type { InvitationGives, Link, LinkPurpose } from '../domain/link.ts'
import type { Mail } from '../domain/mail.ts'
import type { PrincipalKind, PrincipalStatus } from '../domain/principal.ts'
import type { SecondFactor } from '../domain/session.ts'
import type {
  ChallengeAsked,
  FactorStore,
  PasskeyCheck,
  PasskeyStore,
  TotpCodes,
} from './factor-ports.ts'
import type { IdentityNeeds, Profile } from './ports.ts'

/** What signing in needs besides the rest of the room. */
export type SignInNeeds = IdentityNeeds &
  Readonly<{
    accounts: AccountStore
    sessions: SessionStore
    factors: FactorStore
    passkeys: PasskeyStore
    links: LinkStore
    mails: MailStore
    signInSettings: SignInSettingsStore
    tries: TryStore
    leftovers: LeftoverStore
    hasher: PasswordHasher
    passwordList: PasswordList
    totp: TotpCodes
    webauthn: PasskeyCheck
    throttle: SignInThrottle
    site: Site
  }>

/** Where the hub is found, and whether it can write mails. */
export type Site = Readonly<{
  /** The address people use, without a slash at its end. */
  address(): string
  mailer: Mailer | null
  /** Counts a mail against its recipient, in a transaction of its own; refuses one too many. */
  countMail(recipient: string): Promise<void>
  /**
   * Counts a code of a second factor against its account, in the same way: who knows a password
   * must not try a million codes, five to a sign-in.
   */
  countCode(account: string): Promise<void>
}>

/** Somebody who may sign in, with what that is decided by. */
export type Account = Readonly<{
  id: string
  kind: PrincipalKind
  handle: string
  status: PrincipalStatus
  epoch: number
  name: string | null
  email: string | null
  emailVerifiedAt: number | null
  /** The password as it is kept; `null`: none. */
  phc: string | null
}>

/** An epoch that rose, and the row's version after it. */
export type Risen = Readonly<{ epoch: number; version: number }>

/** Where accounts are kept: principals as they sign in. */
export type AccountStore = Readonly<{
  byEmail(email: string): Promise<Account | null>
  get(id: string): Promise<Account | null>
  /** Locks the row as well: what is decided by it holds until the commit. */
  lock(id: string): Promise<Account | null>
  setPassword(id: string, phc: string, now: number): Promise<void>
  /** Keeps the same password under stronger parameters. */
  rehash(id: string, phc: Readonly<{ from: string; to: string }>): Promise<void>
  /** Refuses an address that somebody else has. */
  setProfile(id: string, profile: Profile & Readonly<{ verifiedAt: number | null }>): Promise<void>
  /** Ends what the account has open elsewhere; sessions carry the epoch of their begin. */
  raiseEpoch(id: string): Promise<Risen>
  /** Tells whether some active owner can sign in: has a password or a passkey. */
  hasOwnerWhoSignsIn(): Promise<boolean>
  /** Ends the keys of an account that were made at the first start; gives their ids. */
  endOwnerKeys(id: string, now: number): Promise<readonly string[]>
}>

/** A session as it is kept. */
export type Session = Readonly<{
  id: string
  principalId: string
  stage: Stage | null
  epoch: number
  amr: readonly string[]
  authTime: number
  createdAt: number
  lastSeenAt: number
  expiresAt: number
  agent: string | null
  address: string | null
}>

/** What a session becomes when it rises: another secret, the old one is dead. */
export type SessionChange = Pick<Session, 'stage' | 'epoch' | 'amr' | 'authTime' | 'expiresAt'> &
  Readonly<{ secretSha256: Uint8Array }>

/** Where sessions are kept. */
export type SessionStore = Readonly<{
  add(session: Session, secretSha256: Uint8Array): Promise<void>
  /** Finds one that is still in force. */
  get(id: string, now: number): Promise<Session | null>
  /** Tells whether it was still in force; forgets what was tried. */
  change(id: string, to: SessionChange): Promise<boolean>
  listOf(principalId: string, now: number): Promise<readonly Session[]>
  /** Tells whether it was still in force. */
  revoke(id: string, now: number): Promise<boolean>
  revokeAll(principalId: string, but: Readonly<{ id: string | null; now: number }>): Promise<void>
  /** Ends the oldest, so that no more than so many stay; gives their ids. */
  revokeOldest(
    principalId: string,
    keep: Readonly<{ count: number; now: number }>,
  ): Promise<readonly string[]>
}>

/** Counts tries by itself: a count stays where the call that it is for is refused. */
export type TryStore = Readonly<{
  /** Takes one of the tries of a session; `null` where none is left or the session is over. */
  take(sessionId: string, now: number): Promise<number | null>
  /** Ends the session, with an event of its own. */
  end(session: Readonly<{ id: string; principalId: string }>, call: Call): Promise<void>
  /** Takes a challenge, so that it is answered once, rightly or not. */
  takeChallenge(asked: ChallengeAsked): Promise<string | null>
}>

/** Forgets what has had its time. */
export type LeftoverStore = Readonly<{ forget(now: number): Promise<void> }>

/** Where links are kept. */
export type LinkStore = Readonly<{
  add(link: Link, secretSha256: Uint8Array): Promise<void>
  /** Finds the link whose secret this is. */
  find(id: string, secret: string): Promise<Link | null>
  get(id: string): Promise<Link | null>
  /** Takes it once; false where somebody was faster. */
  use(id: string, now: number): Promise<boolean>
  withdraw(id: string, now: number): Promise<boolean>
  /** Ends the open links of one purpose that an account or an address has. */
  withdrawAll(
    of: Readonly<{ purpose: LinkPurpose; principalId?: string; email?: string }>,
    now: number,
  ): Promise<void>
  /** Lists open invitations, newest first. */
  invitations(
    query: Readonly<{ now: number; after: string | null; limit: number }>,
  ): Promise<Readonly<{ rows: readonly Invitation[]; total: number }>>
}>

/** An open invitation, as lists show it. */
export type Invitation = Link & Readonly<{ gives: InvitationGives; inviter: string | null }>

/** Sends mails; `null` in its place: there is no mail here. */
export type Mailer = Readonly<{ send(mail: Mail): Promise<void> }>

/** A mail that waits to be sent. */
export type WaitingMail = Readonly<{ id: string; mail: Mail | null; tries: number }>

/** Keeps mails until they are sent, sealed: they hold links. */
export type MailStore = Readonly<{
  /** Keeps one for later; nobody's mail looks the same and goes nowhere. */
  add(id: string, mail: Mail | null, now: number): Promise<void>
  due(now: number, limit: number): Promise<readonly WaitingMail[]>
  done(ids: readonly string[], now: number): Promise<void>
  later(ids: readonly string[], dueAt: number): Promise<void>
  /** Forgets what was sent or given up before a moment. */
  forget(before: number): Promise<void>
}>

/** Who has to have a second factor, and the version of that setting. */
export type SignInSettings = Readonly<{ secondFactor: SecondFactor; version: number }>

/** Keeps the settings of an organisation; version 0 where nobody has set any. */
export type SignInSettingsStore = Readonly<{
  read(): Promise<SignInSettings>
  /** Tells whether it was kept: not where somebody was faster. */
  save(settings: SignInSettings): Promise<boolean>
}>

/** Hashes passwords, a few at a time; refuses with `identity.busy` where too many wait. */
export type PasswordHasher = Readonly<{
  hash(password: string): Promise<string>
  /** Takes as long for an account without a password (`null`), and says no. */
  verify(phc: string | null, password: string): Promise<boolean>
  /** Tells whether a hash was made with weaker parameters than those of today. */
  isOutdated(phc: string): boolean
}>

/** The list of passwords that are guessed first; loaded when it is first asked for. */
export type PasswordList = () => Promise<(text: string) => boolean>

/** A try to sign in: `account` is the e-mail as it was typed, known or not. */
export type SignInTry = Readonly<{
  account: string
  address: string | undefined
  device: string | null
  now: number
}>

/** Slows down guessing, without telling which accounts exist and without locking any. */
export type SignInThrottle = Readonly<{
  /** Counts a try; `factor`: it goes on with a second factor only. May refuse. */
  before(attempt: SignInTry): Promise<'go' | 'factor'>
  failed(attempt: SignInTry): Promise<void>
  /** Takes the count of a good try back, and knows its device from then on. */
  passed(attempt: SignInTry): Promise<void>
  forgetDevices(account: string): Promise<void>
}>
