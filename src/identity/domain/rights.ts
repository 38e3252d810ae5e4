import {
  type Bound,
  type Condition,
  decide,
  type Held,
  NEVER_FOR_AGENTS,
  type Place,
  placeKey,
  placeOf,
  type Rights,
  type Tested,
} from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Permission } from '../../kernel/permission.ts'
import { conditioned, type GrantCondition, testOf } from './grant-condition.ts'

/** Permissions in one place, as a principal holds them. */
export type GrantedRole = Place & Readonly<{ holds: Held }>

/** A grant ready to be compiled: a team's lies in the team and in each of its projects. */
export type CompiledGrant = GrantedRole &
  Readonly<{
    effect?: 'allow' | 'deny'
    condition?: GrantCondition | null
    expiresAt?: number | null
  }>

type Holds = Map<Permission, Condition>
type Tables = { org: Holds; projects: Map<string, Holds>; elsewhere: Map<string, Holds> }

/** Who the rights are compiled for. */
export type Compiling = Readonly<{
  now: number
  /** Denies do not bind an owner. */
  isOwner?: boolean
}>

/**
 * Compiles grants into rights: the union of the allows, where a condition gives way to none; the
 * denies beside them; what is over only as an explanation.
 */
export const compileRights = (
  granted: readonly CompiledGrant[],
  { now, isOwner = false }: Compiling = { now: 0 },
): Rights => {
  const tables: Tables = { org: new Map(), projects: new Map(), elsewhere: new Map() }
  const tested: Tested[] = []
  const over: CompiledGrant[] = []
  const denied = { org: new Set<Permission>(), at: new Map<string, Set<Permission>>() }
  let until = Number.POSITIVE_INFINITY
  for (const grant of granted) {
    const { effect = 'allow', condition = null, expiresAt = null } = grant
    if (expiresAt !== null && expiresAt <= now) {
      if (effect === 'allow') over.push({ ...grant, expiresAt: null })
      continue
    }
    until = Math.min(until, expiresAt ?? until)
    const at = placeKey(grant)
    if (effect === 'deny') {
      if (!isOwner) deny(denied, at, grant.holds)
      continue
    }
    const holds = conditioned(grant.holds, condition)
    const test = testOf(condition)
    if (test) tested.push({ holds, at, test })
    else allow(tables, at, holds)
  }
  const { org, projects, elsewhere } = tables
  return {
    org,
    projects,
    ...(elsewhere.size > 0 && { elsewhere }),
    ...(tested.length > 0 && { tested }),
    ...(denied.org.size + denied.at.size > 0 && { denied }),
    ...(over.length > 0 && { expired: compileRights(over) }),
    ...(until < Number.POSITIVE_INFINITY && { until }),
  }
}

const allow = ({ org, projects, elsewhere }: Tables, at: string | null, holds: Held): void => {
  const table = at !== null && /[:/]/.test(at) ? elsewhere : projects
  const here = at === null ? org : (table.get(at) ?? new Map<Permission, Condition>())
  if (at !== null) table.set(at, here)
  for (const [permission, condition] of holds) add(here, permission, condition)
}

const deny = (
  { org, at: places }: { org: Set<Permission>; at: Map<string, Set<Permission>> },
  at: string | null,
  holds: Held,
): void => {
  const here = at === null ? org : (places.get(at) ?? new Set<Permission>())
  if (at !== null) places.set(at, here)
  for (const permission of holds.keys()) here.add(permission)
}

const add = (into: Holds, permission: Permission, condition: Condition): void => {
  into.set(permission, into.get(permission) === null ? null : condition)
}

/** Puts rights within those of others, and notes the earliest moment at which any of them end. */
export const boundRights = (own: Rights, ...bounds: readonly Bound[]): Rights => {
  const ends = [own, ...bounds.map(({ rights }) => rights)].flatMap(({ until }) => until ?? [])
  return { ...own, bounds, ...(ends.length > 0 && { until: Math.min(...ends) }) }
}

/**
 * Gives what is held in one place, by its own grants and by those above, within all bounds. Grants
 * under a test of the moment count: it is what the holder may come to do.
 */
export const heldIn = (rights: Rights, place: Place): Held => {
  const key = placeKey(place)
  const keys = [null, ...(key === null ? [] : above(place).map(placeKey))]
  const all: Holds = new Map()
  for (const at of keys) {
    const here = at === null ? rights.org : (rights.projects.get(at) ?? rights.elsewhere?.get(at))
    for (const [word, when] of here ?? []) add(all, word, when)
    for (const one of rights.tested ?? []) {
      if (one.at === at) for (const [word, when] of one.holds) add(all, word, when)
    }
  }
  for (const at of keys) {
    const no = at === null ? rights.denied?.org : rights.denied?.at.get(at)
    for (const word of no ?? []) all.delete(word)
  }
  return (rights.bounds ?? []).reduce<Held>((held, bound) => within(held, bound, place), all)
}

/** Lists a place and the project and namespaces above it. */
const above = ({ projectId, team, path }: Place): readonly Place[] => {
  if (projectId === null || path === undefined) return [{ projectId, team, path }]
  const steps = path.split('/')
  const paths = steps.map((_, at) => steps.slice(0, at + 1).join('/'))
  return [{ projectId }, ...paths.map((one) => ({ projectId, path: one }))]
}

const within = (held: Held, bound: Bound, place: Place): Held => {
  if (bound.over === true) return new Map()
  const reaches = bound.projects === null || bound.projects.has(place.projectId ?? '')
  const theirs: Held = reaches ? heldIn(bound.rights, place) : new Map()
  return new Map(
    [...held].flatMap(([word, when]): [Permission, Condition][] => {
      const other = theirs.get(word)
      if (other === undefined || bound.scopes?.has(word) === false) return []
      return [[word, when ?? other]]
    }),
  )
}

/** Takes rights apart into what is held in each place. */
export const placesOf = (rights: Rights): readonly GrantedRole[] => {
  const keys = new Set<string>()
  nameAll(rights, keys)
  const places = [{ projectId: null }, ...[...keys].map(placeOf)]
  return places
    .map((place) => ({ ...place, holds: heldIn(rights, place) }))
    .filter(({ holds }) => holds.size > 0)
}

const nameAll = (rights: Rights, into: Set<string>): void => {
  const { projects, elsewhere, tested = [], bounds = [] } = rights
  const tests = tested.flatMap(({ at }) => at ?? [])
  for (const key of [...projects.keys(), ...(elsewhere?.keys() ?? []), ...tests]) into.add(key)
  for (const bound of bounds) {
    for (const id of bound.projects ?? []) into.add(id)
    nameAll(bound.rights, into)
  }
}

/** Who gives or takes, by what they hold at this moment. */
export type Giver = Readonly<{
  rights: Rights
  actor: Actor
  now?: number
  address?: string | undefined
}>

/** Lists what the actor lacks of some permissions in one place: nobody grants what they lack. */
export const lacking = (giver: Giver, given: GrantedRole): readonly Permission[] => {
  const { rights, actor, now, address } = giver
  const { holds, ...place } = given
  return [...holds].flatMap(([permission, condition]) => {
    const decision = decide(rights, actor, { ...place, permission, now, address })
    const covers = decision.reason === 'allowed' && (decision.condition ?? condition) === condition
    return covers ? [] : [permission]
  })
}

/** Leaves out what no agent can do anyway: to give it to one gives nothing. */
export const forAgents = (holds: Held): Held =>
  new Map([...holds].filter(([permission]) => !NEVER_FOR_AGENTS.has(permission)))
