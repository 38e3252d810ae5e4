import { z } from 'zod'
import type { Rights } from '../kernel/access.ts'
import { event } from '../kernel/event.ts'
import type { Words } from '../kernel/operation.ts'
import { isPermission } from '../kernel/permission.ts'
import { SCOPE_KINDS } from './domain/role.ts'
import { NAMESPACE, TEAM_KEY } from './domain/team.ts'
import {
  HANDLE,
  PRINCIPAL_KINDS,
  PRINCIPAL_STATUSES,
  type PrincipalKind,
} from './domain/principal.ts'
import { PROVIDER_KINDS } from './domain/provider.ts'

/** A principal's name as people write it, without the `@`. */
export const Handle = z.string().regex(HANDLE, 'A handle is like dev-1: small letters and digits')
/** A handle as it comes in: with or without the `@`. */
export const HandleIn = z
  .string()
  .max(40)
  .transform((text) => text.replace(/^@/, '').toLowerCase())
  .pipe(Handle)
/** A project's short key: `GH`. */
export const ProjectKey = z.string().regex(/^[A-Z][A-Z0-9]{1,9}$/, 'A project key is like GH')
/** A role's short name. */
export const RoleKey = z.string().regex(/^[a-z][a-z0-9_-]{0,38}$/, 'A role is like member')
/** A team's short key: `platform`. */
export const TeamKey = z.string().regex(TEAM_KEY, 'A team key is like platform: small letters')
const PLACE = new RegExp(`${TEAM_KEY.source}|^[A-Z][A-Z0-9]{1,9}$|${NAMESPACE.source}`)
/** A place where rights hold: `org`, a team, a project, or a namespace like `GH/docs/api`. */
export const PlaceWord = z.string().max(300).regex(PLACE, 'A place is org, a team, GH or GH/docs')
/** A permission word. */
export const PermissionWord = z
  .string()
  .refine(isPermission, 'A permission is like task:read; list_roles shows them')
/** A word for what somebody can do; tasks ask for it. */
export const Skill = z.string().regex(/^[a-z0-9][a-z0-9.+#_-]{0,38}$/, 'A skill is like rust')
/** A moment as it leaves: UTC. */
export const Moment = z.iso.datetime()
/** A kind of principal. */
export const Kind = z.enum(PRINCIPAL_KINDS)
/** A state of a principal. */
export const Status = z.enum(PRINCIPAL_STATUSES)

/** An agent as others see it. */
export const AgentView = z.object({
  handle: Handle,
  status: Status,
  responsible: Handle.nullable(),
  skills: z.array(z.string()),
  seatLimit: z.int().nullable(),
  projects: z.array(ProjectKey),
  version: z.int(),
})

/** A principal as those see it who manage members. */
export const PrincipalView = z.object({
  handle: Handle,
  kind: Kind,
  status: Status,
  name: z.string().nullable(),
  email: z.string().nullable(),
  responsible: Handle.nullable(),
  roles: z.array(z.object({ role: z.string(), project: ProjectKey.nullable() })),
  version: z.int(),
})

/** A role that somebody has, in a project or in the organisation. */
export const GrantView = z.object({
  handle: Handle,
  role: z.string(),
  project: ProjectKey.nullable(),
})

/** A key without its secret. */
export const KeyView = z.object({
  id: z.uuid(),
  principal: Handle,
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()).nullable(),
  projects: z.array(ProjectKey).nullable(),
  createdAt: Moment,
  expiresAt: Moment.nullable(),
  revokedAt: Moment.nullable(),
  lastUsedAt: Moment.nullable(),
})

/** A new key: `key` is its text, shown this one time. */
export const NewKeyView = z.object({
  id: z.uuid(),
  principal: Handle,
  key: z.string(),
  expiresAt: Moment,
})

/** From where an organisation may be used: networks by kind; an empty list means anywhere. */
export const AllowListView = z.object({
  web: z.array(z.string()),
  keys: z.array(z.string()),
  admin: z.array(z.string()),
  version: z.int(),
})

/** An organisation was made. */
export const OrgCreated = event(
  'identity.org_created',
  'orgId',
  z.object({ orgId: z.uuid(), slug: z.string() }),
)

const Personal = z.object({
  handle: Handle.optional(),
  name: z.string().nullable().optional(),
  email: z.string().nullable().optional(),
})

/** Somebody new can act, or can be named. */
export const PrincipalAdded = event(
  'identity.principal_added',
  'principalId',
  z.object({
    principalId: z.uuid(),
    kind: Kind,
    responsibleId: z.uuid().nullable(),
    version: z.int(),
  }),
  { personal: Personal },
)

/** A principal's status changed. */
export const PrincipalChanged = event(
  'identity.principal_changed',
  'principalId',
  z.object({
    principalId: z.uuid(),
    status: z.object({ from: Status, to: Status }),
    epoch: z.int(),
    version: z.int(),
  }),
)

/** A principal got a key. */
export const KeyIssued = event(
  'identity.key_issued',
  'keyId',
  z.object({
    keyId: z.uuid(),
    principalId: z.uuid(),
    scopes: z.array(z.string()).nullable(),
    projectIds: z.array(z.uuid()).nullable(),
    expiresAt: z.int().nullable(),
  }),
  { personal: z.object({ addresses: z.array(z.string()).optional() }) },
)

/** A key lets nobody in any more. */
export const KeyRevoked = event(
  'identity.key_revoked',
  'keyId',
  z.object({ keyId: z.uuid(), principalId: z.uuid() }),
)

/** A person allowed a program to act, as an agent of theirs or as themselves. */
export const ConsentGiven = event(
  'identity.consent_given',
  'consentId',
  z.object({
    consentId: z.uuid(),
    personId: z.uuid(),
    /** The agent it acts as; `null`: the person. */
    agentId: z.uuid().nullable(),
    clientId: z.string(),
    redirectHost: z.string().nullable(),
    resource: z.enum(['mcp', 'v1']),
    scopes: z.array(z.string()),
    projectIds: z.array(z.uuid()).nullable(),
    expiresAt: z.int(),
  }),
)

/** What a program was allowed is over, and with it every token it had. */
export const ConsentEnded = event(
  'identity.consent_ended',
  'consentId',
  z.object({
    consentId: z.uuid(),
    personId: z.uuid(),
    why: z.enum(['revoked', 'replayed', 'given_back']),
  }),
)

const Effect = z.enum(['allow', 'deny'])

// Left out by the plain grants of a role, which say no more than who, which role and where.
/** The fields of a grant's event beyond the plain ones of a role. */
export const GrantMore = {
  effect: Effect.optional(),
  permissions: z.array(z.string()).optional(),
  scope: z
    .object({ kind: z.enum(SCOPE_KINDS), id: z.uuid(), path: z.string().optional() })
    .optional(),
  condition: z
    .object({
      own: z.literal(true).optional(),
      assigned: z.literal(true).optional(),
      mfa_within_s: z.int().optional(),
    })
    .optional(),
  expiresAt: z.int().nullable().optional(),
}
const Grant = z.object({
  principalId: z.uuid(),
  role: z.string().nullable(),
  /** The project it holds in; `null`: the organisation, or what `scope` says. */
  projectId: z.uuid().nullable(),
  ...GrantMore,
})
/** The addresses that a grant is bound to: they may tell where somebody is. */
export const GrantAddresses = z.object({ addresses: z.array(z.string()).optional() })

/** A principal got a role or permissions in a place, or was denied them. */
export const GrantGiven = event('identity.grant_given', 'principalId', Grant, {
  personal: GrantAddresses,
})

/** A principal lost a grant, or a deny, in a place. */
export const GrantTaken = event('identity.grant_taken', 'principalId', Grant)

const Nets = AllowListView.omit({ version: true })
const Sizes = z.object({ web: z.int(), keys: z.int(), admin: z.int() })

/** Somebody set from where the organisation may be used. */
export const AllowListSet = event(
  'identity.allow_list_set',
  'orgId',
  z.object({
    orgId: z.uuid(),
    /** How many networks each list had and has. */
    sizes: z.object({ from: Sizes, to: Sizes }),
    version: z.int(),
  }),
  { personal: z.object({ from: Nets, to: Nets }) },
)

/** An issuer is trusted to say who somebody is, or is trusted in another way. */
export const ProviderChanged = event(
  'identity.provider_changed',
  'providerId',
  z.object({
    providerId: z.uuid(),
    key: z.string(),
    kind: z.enum(PROVIDER_KINDS),
    issuer: z.string(),
    clientId: z.string(),
    domains: z.array(z.string()),
    version: z.int(),
  }),
)

/** An issuer is trusted no more. */
export const ProviderRemoved = event(
  'identity.provider_removed',
  'providerId',
  z.object({ providerId: z.uuid(), key: z.string() }),
)

const Account = z.object({ principalId: z.uuid(), accountId: z.uuid(), issuer: z.string() })

/** An account elsewhere signs a person in from now on. */
export const AccountLinked = event('identity.account_linked', 'principalId', Account)

/** An account elsewhere signs nobody in any more. */
export const AccountUnlinked = event('identity.account_unlinked', 'principalId', Account)

/** A principal as other rooms know it. */
export type Known = Readonly<{ id: string; kind: PrincipalKind; handle: string }>

/** What other rooms may ask this one; bound to one organisation and one transaction. */
export type IdentityApi = Readonly<{
  /** Finds names by ids; unknown ids are left out. */
  handles(
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<{ handle: string; kind: PrincipalKind }>>>
  /** Finds principals by handles, with or without `@`; the answer has them as they were given. */
  byHandle(handles: readonly string[]): Promise<ReadonlyMap<string, Known>>
  /**
   * Finds principals by names of another system, and makes persons without a key of those it does
   * not find. Names that no handle can be made of are left out.
   */
  ensurePlaceholders(
    names: readonly string[],
    words: Pick<Words, 'call' | 'emit'>,
  ): Promise<ReadonlyMap<string, Known>>
  /** Tells what a principal can and how much at a time. */
  profile(id: string): Promise<Readonly<{ skills: readonly string[]; seatLimit: number | null }>>
  /** Compiles what a principal may do at a moment; credentials of theirs may cut it down. */
  rights(id: string, asked: Readonly<{ now: number }>): Promise<Rights>
}>
