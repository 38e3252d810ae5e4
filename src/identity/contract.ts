import { z } from 'zod'
import { event } from '../kernel/event.ts'
import type { Words } from '../kernel/operation.ts'
import {
  HANDLE,
  PRINCIPAL_KINDS,
  PRINCIPAL_STATUSES,
  type PrincipalKind,
} from './domain/principal.ts'

/** The organisation that owns what belongs to the hub itself. */
export const HUB_ORG = '00000000-0000-7000-8000-000000000000'

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
)

/** A key lets nobody in any more. */
export const KeyRevoked = event(
  'identity.key_revoked',
  'keyId',
  z.object({ keyId: z.uuid(), principalId: z.uuid() }),
)

const Grant = z.object({
  principalId: z.uuid(),
  role: z.string(),
  /** The project it holds in; `null`: the organisation. */
  projectId: z.uuid().nullable(),
})

/** A principal got a role in a place. */
export const GrantGiven = event('identity.grant_given', 'principalId', Grant)

/** A principal lost a role in a place. */
export const GrantTaken = event('identity.grant_taken', 'principalId', Grant)

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
}>
