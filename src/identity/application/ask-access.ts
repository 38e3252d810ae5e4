import { z } from 'zod'
import type { Place } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Call } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import type { Principal } from '../domain/principal.ts'
import { findPlace, type NamedPlace } from './find-place.ts'
import { type Holder, holderOf, holdsIn, holdsWide, notAllowed } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'
import type { Asking } from './trace-access.ts'

// What questions about rights have in common: who may ask, about whom, and in which place.

/** What a question about rights is asked of: a place, or a task. */
export const ResourceWord = z
  .string()
  .max(300)
  .regex(/^([a-z][a-z0-9-]*|[A-Z][A-Z0-9]{1,9}(-\d+|(\/[a-z0-9._-]+){1,6})?)$/, {
    error: 'A resource is org, a team, GH, GH-12 or GH/docs/api',
  })

// Rights on a task are those of its project.
const TASK = /^([A-Z][A-Z0-9]{1,9})-\d+$/

/** Who asks, about whom, and where. */
export type AccessAsked = Readonly<{ asker: Holder; principal: Principal; at: NamedPlace }>

type Wanted = Readonly<{ principal: string | undefined; resource: string }>

/** Finds whom and what a question is about; refuses who may not ask it. */
export const askedAbout = async (
  { principal: handle, resource }: Wanted,
  needs: IdentityNeeds & Readonly<{ call: Call }>,
): Promise<AccessAsked> => {
  const { principals, grants, call } = needs
  const asker = await holderOf(grants, call)
  const mayAll = holdsWide(asker, 'access:explain')
  if (handle !== undefined && handle !== call.actor.handle && !mayAll) {
    throw notAllowed('access:explain', 'this organisation')
  }
  const at = await findPlace(needs, call.actor.orgId, resource.replace(TASK, '$1'))
  if (!mayAll && !isReadable(asker, at)) throw notFound(nameOf(at))
  return { asker, at, principal: await principals.get(handle ?? call.actor.handle) }
}

/** Puts a question with the caller's own credential, or with none that would limit it. */
export const standingOf = async (
  { grants, call }: Pick<IdentityNeeds, 'grants'> & Readonly<{ call: Call }>,
  { asker, principal, at }: AccessAsked,
): Promise<Omit<Asking, 'asked'> & Readonly<{ place: Omit<Asking['asked'], 'permission'> }>> => {
  const isSelf = principal.id === asker.actor.id
  const { id, kind, handle, epoch } = principal
  const actor: Actor = isSelf
    ? asker.actor
    : { orgId: asker.actor.orgId, id, kind, handle, epoch, scopes: null, projects: null }
  const rights = isSelf ? asker.rights : await grants.rights(id, { now: call.now })
  const address = isSelf ? asker.address : undefined
  return { principal, actor, rights, place: { ...at.place, now: call.now, address } }
}

/** A place that somebody may not read is to them as one that is not there. */
const isReadable = (asker: Holder, { place }: NamedPlace): boolean => {
  if (place.team !== undefined) return holdsIn(asker, 'team:read', place)
  return place.projectId === null || holdsIn(asker, 'project:read', inProject(place))
}

const inProject = ({ projectId }: Place): Place => ({ projectId })

const nameOf = ({ word }: NamedPlace): string => word.split('/')[0] ?? word
