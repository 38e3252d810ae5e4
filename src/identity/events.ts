// What happens when people sign in and look after their accounts. Fields of a shape are public and
// stay in the ledger for ever; addresses, names and browsers stand in `personal` and can be erased.
// No event carries a secret, a code or a link.
import { z } from 'zod'
import { event } from '../kernel/event.ts'
import { LINK_PURPOSES } from './domain/link.ts'
import { SECOND_FACTOR } from './domain/session.ts'

const id = z.uuid()
const account = { principalId: id }
/** An account whose epoch has risen: what it had open before is over. */
const risen = { ...account, epoch: z.int(), version: z.int() }
const Where = z.object({ address: z.string().optional(), agent: z.string().optional() })

/** Somebody signed in, or came a step further: `stage` is what is still missing. */
export const SignedIn = event(
  'identity.signed_in',
  'sessionId',
  z.object({
    sessionId: id,
    ...account,
    stage: z.enum(['factor', 'enrol']).nullable(),
    amr: z.array(z.string()),
  }),
  { personal: Where },
)

/** A session is over. */
export const SessionRevoked = event(
  'identity.session_revoked',
  'sessionId',
  z.object({
    sessionId: id,
    ...account,
    why: z.enum(['signed_out', 'revoked', 'too_many_tries', 'too_many_sessions']),
  }),
)

/** Every session of an account is over. */
export const SessionsEnded = event('identity.sessions_ended', 'principalId', z.object(risen))

/** An account has another password; its other sessions are over. */
export const PasswordChanged = event(
  'identity.password_changed',
  'principalId',
  z.object({ ...risen, by: z.enum(['holder', 'reset', 'set_up', 'invitation']) }),
)

const Factor = z.object({ ...risen, factor: z.enum(['totp', 'backup_codes', 'passkey', 'all']) })

/** An account has another second factor. */
export const FactorAdded = event('identity.factor_added', 'principalId', Factor)

/** An account has a second factor less. */
export const FactorRemoved = event('identity.factor_removed', 'principalId', Factor)

/** A backup code was used; it is good for nothing any more. */
export const BackupCodeUsed = event(
  'identity.backup_code_used',
  'principalId',
  z.object({ ...account, left: z.int() }),
)

/** A person's name or address changed. */
export const ProfileChanged = event(
  'identity.profile_changed',
  'principalId',
  z.object({ ...account, changed: z.array(z.enum(['name', 'email'])) }),
  { personal: z.object({ name: z.string().nullable(), email: z.string().nullable() }) },
)

/** A person has shown that an address is theirs. */
export const EmailVerified = event('identity.email_verified', 'principalId', z.object(account))

/** A link was made that lets somebody do one thing once. */
export const LinkIssued = event(
  'identity.link_issued',
  'linkId',
  z.object({
    linkId: id,
    purpose: z.enum(LINK_PURPOSES),
    principalId: id.nullable(),
    expiresAt: z.int(),
    mailed: z.boolean(),
  }),
)

const Given = { role: z.string(), projects: z.array(z.object({ projectId: id, role: z.string() })) }

/** Somebody was invited. */
export const InvitationMade = event(
  'identity.invitation_made',
  'linkId',
  z.object({ linkId: id, ...Given, expiresAt: z.int(), mailed: z.boolean() }),
  { personal: z.object({ email: z.string() }) },
)

/** An invitation was taken back. */
export const InvitationWithdrawn = event(
  'identity.invitation_withdrawn',
  'linkId',
  z.object({ linkId: id }),
)

/** An invitation was accepted. */
export const InvitationAccepted = event(
  'identity.invitation_accepted',
  'linkId',
  z.object({ linkId: id, ...account }),
)

/** The hub's owner has a password: the key in `owner.key` is over. */
export const OwnerSetUp = event('identity.owner_set_up', 'principalId', z.object(account))

const Setting = z.enum(SECOND_FACTOR)

/** Who has to have a second factor changed. */
export const SignInSettingsChanged = event(
  'identity.sign_in_settings_changed',
  'orgId',
  z.object({ orgId: id, secondFactor: z.object({ from: Setting, to: Setting }), version: z.int() }),
)

/** Lists what happens to sessions: where somebody works is for who manages members. */
export const SESSION_EVENTS = [SignedIn, SessionRevoked, SessionsEnded, LinkIssued] as const

/** Lists what happens to accounts. */
export const ACCOUNT_EVENTS = [
  ...[PasswordChanged, FactorAdded, FactorRemoved, BackupCodeUsed, ProfileChanged],
  ...[EmailVerified, InvitationMade, InvitationWithdrawn, InvitationAccepted, OwnerSetUp],
] as const

/** The personal data of somebody were erased. */
export const SubjectErased = event(
  'identity.subject_erased',
  'principalId',
  z.object({
    principalId: id,
    /** What they wrote went, too. */
    content: z.boolean(),
    parts: z.int(),
    rows: z.int(),
    /** Whom they answered for: suspended. */
    agentIds: z.array(id),
    version: z.int(),
  }),
)

/** Somebody's data may not be erased for now, or may be again. */
export const LegalHoldSet = event(
  'identity.legal_hold_set',
  'principalId',
  z.object({ principalId: id, hold: z.boolean() }),
  { personal: z.object({ reason: z.string() }) },
)
