import { assert } from '../kernel/assert.ts'
import { LedgerDropped, LedgerRestored, SigningKeyChanged } from '../platform/evidence/events.ts'
import { ledgerLines } from '../platform/evidence/export-lines.ts'
import { subjectLines } from '../platform/subject/subject-lines.ts'
import type { ErasureJournal } from '../platform/evidence/erasure.ts'
import type { NamedSubject } from '../platform/subject.ts'
import type { Trust } from '../platform/evidence/verify-evidence.ts'
import { allowListStore } from '../platform/limits/allow-list-store.ts'
import type { Ground, Room } from '../platform/room.ts'
import type { WorkApi } from '../work/contract.ts'
import { acceptRestore } from './application/accept-restore.ts'
import { activatePrincipal, suspendPrincipal } from './application/change-status.ts'
import { handOverAgent } from './application/change-agent.ts'
import { createAgent } from './application/create-agent.ts'
import { createKey } from './application/create-key.ts'
import { createPerson } from './application/create-person.ts'
import { createService } from './application/create-service.ts'
import { exportLedger, LedgerExportOpened } from './application/export-ledger.ts'
import { eraseSubject } from './application/erase-subject.ts'
import { exportSubject, SubjectExportOpened } from './application/export-subject.ts'
import { setLegalHold } from './application/set-legal-hold.ts'
import type { LimitsPort } from './application/ports.ts'
import type { SubjectNeeds } from './application/subject-ports.ts'
import { LegalHoldSet, SubjectErased } from './events.ts'
import { subjectPort } from './infrastructure/subject-port.ts'
import { identitySubject } from './infrastructure/subject-store.ts'
import { findEvents } from './application/find-events.ts'
import { getEvent, getLedgerHead } from './application/get-event.ts'
import { getAllowList } from './application/get-allow-list.ts'
import { getAgent } from './application/get-agent.ts'
import { getLimits } from './application/get-limits.ts'
import { KeyRotated, ResponsibleChanged, SeatsChanged } from './application/key-events.ts'
import { listAgents } from './application/list-agents.ts'
import { listCheckpoints } from './application/list-checkpoints.ts'
import { listKeys } from './application/list-keys.ts'
import { listPrincipals } from './application/list-principals.ts'
import { OAUTH_OPERATIONS } from './application/oauth-operations.ts'
import { forgetOauth } from './application/revoke-consent.ts'
import {
  DELEGATION_EVENTS,
  ROLE_EVENTS,
  TEAM_EVENTS,
  TEAM_GRANT_EVENTS,
} from './application/permission-events.ts'
import { PERMISSION_OPERATIONS } from './application/permission-operations.ts'
import { revokeKey } from './application/revoke-key.ts'
import { rotateKey, rotateOwnKey } from './application/rotate-key.ts'
import { PROVIDER_OPERATIONS } from './application/provider-operations.ts'
import { SIGN_IN_OPERATIONS } from './application/sign-in-operations.ts'
import { forgetSignIns, sendMails } from './application/send-mails.ts'
import { setAllowList } from './application/set-allow-list.ts'
import { setAgentSeats } from './application/set-agent-seats.ts'
import { verifyLedger } from './application/verify-ledger.ts'
import { whoAmI } from './application/who-am-i.ts'
import {
  AllowListSet,
  ConsentEnded,
  ConsentGiven,
  GrantGiven,
  GrantTaken,
  KeyIssued,
  KeyRevoked,
  OrgCreated,
  AccountLinked,
  AccountUnlinked,
  PrincipalAdded,
  ProviderChanged,
  ProviderRemoved,
  PrincipalChanged,
} from './contract.ts'
import { ACCOUNT_EVENTS, SESSION_EVENTS, SignInSettingsChanged } from './events.ts'
import { answeringStore } from './infrastructure/answering-store.ts'
import { delegationStore } from './infrastructure/delegation-store.ts'
import { totpSource } from './infrastructure/factor-store.ts'
import { mailSource } from './infrastructure/mail-store.ts'
import { oauthKeySource } from './infrastructure/oauth-key-store.ts'
import { attemptSource, providerSource } from './infrastructure/provider-source.ts'
import type { SealedSource } from '../platform/keyring/sources.ts'
import { evidenceStore } from './infrastructure/evidence-store.ts'
import { grantStore } from './infrastructure/grant-store.ts'
import { keyStore } from './infrastructure/key-store.ts'
import { consentStore } from './infrastructure/oauth-consent-store.ts'
import { oauthCounts } from './infrastructure/oauth-counts.ts'
import { type EngineParts, oauthEngine } from './infrastructure/oauth-engine.ts'
import { oauthItems, orgsWithExpiredOauth } from './infrastructure/oauth-item-store.ts'
import { withLeftovers, withMail } from './infrastructure/leftover-store.ts'
import { principalStore } from './infrastructure/principal-store.ts'
import { roleStore } from './infrastructure/role-store.ts'
import { externalNeeds, type IssuerOptions } from './infrastructure/external-needs.ts'
import { type SignInOptions, signInNeeds } from './infrastructure/sign-in-needs.ts'
import { teamStore } from './infrastructure/team-store.ts'
import { projectsFrom } from './infrastructure/work-adapter.ts'
import type { OauthMountOptions } from './interface/oauth-ground.ts'
import { oauthMount, type OauthMount } from './interface/oauth-mount.ts'

export { type AccessSource, accessSource } from './infrastructure/access-source.ts'
export { type AddressGate, addressGate } from './infrastructure/address-gate.ts'
export type { FindToken } from './infrastructure/found.ts'
export {
  firstOrg,
  firstRun,
  isSignInSetUp,
  OWNER_SET_UP,
  reissueOwnerKey,
  setUpLink,
} from './infrastructure/first-run.ts'
export type { SignInOptions } from './infrastructure/sign-in-needs.ts'
export { nameOfOrg } from './infrastructure/org-directory.ts'
export { smtpMailer } from './infrastructure/smtp-mailer.ts'
export { identityApi } from './infrastructure/identity-api.ts'

export { isResourceOf, RESOURCE_METADATA } from './application/oauth-homes.ts'
export { FIRST_SCOPES, scopesNeeded } from './application/oauth-words.ts'
export { tokenSource, type TokenSource } from './infrastructure/oauth-token-source.ts'

/** What this room keeps sealed: without it, keys of before never die. */
export const identitySources: readonly SealedSource[] = [
  totpSource,
  mailSource,
  oauthKeySource,
  providerSource,
  attemptSource,
]

/** What the OAuth server is made of. */
export type OauthServerOptions = Omit<EngineParts, 'newClient'> &
  Omit<OauthMountOptions, 'engine' | 'count'> &
  Readonly<{ limitFactor?: number }>

/** Makes what answers the addresses of the hub's OAuth server. */
export const oauthServer = (options: OauthServerOptions): OauthMount => {
  const count = oauthCounts(options)
  const newClient: EngineParts['newClient'] = (req) =>
    count('client_metadata', (req && options.addressOf(req)) ?? '')
  return oauthMount({ ...options, count, engine: oauthEngine({ ...options, newClient }) })
}

/** What this room takes from others: the keys and ids of projects. */
export type IdentityOthers = Readonly<{
  work: (ground: Ground) => WorkApi
  /** Gives what the hub believes of signed checkpoints besides its database; `null`: nothing. */
  trust?: () => Trust | null
  /** Gives what every room of the house keeps of persons; left out: nobody is asked about it. */
  subjects?: () => readonly NamedSubject[]
  /** Gives the journal of erasures beside the signed notes; `null`: there is none. */
  journal?: () => ErasureJournal | null
  /** What people sign in with; left out where operations are only listed. */
  signIn?: SignInOptions
  /** Gives what tells of limits; left out where operations are only listed. */
  limits?: () => LimitsPort
  /** The way out to other issuers; left out where operations are only listed. */
  issuers?: IssuerOptions
}>

/** Wires the room of who acts and what they may do. */
export const identityRoom = (others: IdentityOthers): Room<SubjectNeeds> =>
  // Made once: all organisations of a process stand in the same line before its hasher.
  wired(others, signInNeeds(others.signIn), externalNeeds(others.signIn, others.issuers))

const noLimits = (): LimitsPort => {
  assert(false, 'the house says what counts calls')
}

// To erase a person in some rooms only would look like an erasure and be none.
const unknownRooms = (): readonly NamedSubject[] => {
  assert(false, 'the house says which rooms keep something of persons')
}

const wired = (
  { work, trust, journal, subjects = unknownRooms, limits = noLimits }: IdentityOthers,
  signInOn: ReturnType<typeof signInNeeds>,
  externalOn: ReturnType<typeof externalNeeds>,
): Room<SubjectNeeds> => ({
  name: 'identity',
  subject: identitySubject,
  migrations: new URL('./infrastructure/migrations/', import.meta.url),
  needs: (ground) => ({
    principals: principalStore(ground),
    keys: keyStore(ground),
    answering: answeringStore(ground),
    grants: grantStore(ground),
    roles: roleStore(ground),
    teams: teamStore(ground),
    delegations: delegationStore(ground),
    projects: projectsFrom(work(ground)),
    consents: consentStore(ground),
    oauthItems: oauthItems(ground),
    ledger: evidenceStore(ground, trust?.() ?? null),
    allowList: allowListStore(ground),
    limits: { look: (who) => limits().look(who) },
    subjects: subjectPort(ground, { subjects, journal: journal?.() ?? null }),
    ...signInOn(ground),
    ...externalOn(ground),
  }),
  operations: [
    whoAmI,
    createAgent,
    handOverAgent,
    createService,
    listAgents,
    getAgent,
    createPerson,
    listPrincipals,
    suspendPrincipal,
    activatePrincipal,
    ...PERMISSION_OPERATIONS,
    createKey,
    listKeys,
    revokeKey,
    rotateKey,
    rotateOwnKey,
    ...SIGN_IN_OPERATIONS,
    ...PROVIDER_OPERATIONS,
    ...OAUTH_OPERATIONS,
    verifyLedger,
    exportLedger,
    exportSubject,
    eraseSubject,
    setLegalHold,
    listCheckpoints,
    findEvents,
    getEvent,
    getLedgerHead,
    acceptRestore,
    getAllowList,
    setAllowList,
    getLimits,
    setAgentSeats,
  ],
  streams: {
    [exportLedger.name]: (ground, output) => ledgerLines(ground, LedgerExportOpened.parse(output)),
    [exportSubject.name]: (ground, output) => {
      const { principalId } = SubjectExportOpened.parse(output)
      return subjectLines(ground, { principalId, subjects: subjects() })
    },
  },
  events: {
    'ledger:read': [
      ...[LedgerRestored, LedgerDropped, SigningKeyChanged],
      ...[SubjectErased, LegalHoldSet],
    ],
    'org:read': [AllowListSet, OrgCreated, SignInSettingsChanged],
    'member:read': [
      PrincipalAdded,
      PrincipalChanged,
      ResponsibleChanged,
      AccountLinked,
      AccountUnlinked,
      ...ACCOUNT_EVENTS,
    ],
    'member:write': [...SESSION_EVENTS],
    'key:read': [KeyIssued, KeyRevoked, KeyRotated],
    'oauth:read': [ConsentGiven, ConsentEnded],
    'idp:read': [ProviderChanged, ProviderRemoved],
    'grant:read': [GrantGiven, GrantTaken, ...TEAM_GRANT_EVENTS],
    'team:read': TEAM_EVENTS,
    'role:read': ROLE_EVENTS,
    'agent:read': [...DELEGATION_EVENTS, SeatsChanged],
  },
  schedules: [
    { name: 'identity.send_mails', everyMs: 2_000, operation: sendMails, due: withMail },
    {
      name: 'identity.forget_sign_ins',
      everyMs: 3_600_000,
      operation: forgetSignIns,
      due: withLeftovers,
    },
    {
      name: 'identity.forget_oauth',
      everyMs: 60_000,
      operation: forgetOauth,
      due: orgsWithExpiredOauth,
    },
  ],
})
