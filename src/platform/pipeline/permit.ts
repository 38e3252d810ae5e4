import {
  type Condition,
  decide,
  deniesAnywhere,
  holdsAnywhere,
  isForPeople,
  lasts,
  type Place,
  projectsWith,
  type Rights,
} from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { AnyOperation, OpenTo, Words } from '../../kernel/operation.ts'
import type { Permission } from '../../kernel/permission.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'

/** What the pipeline asks the rooms for: rights of an actor, ids of projects. */
export type AccessSource = Readonly<{
  rightsOf(actor: Actor): Rights | Promise<Rights>
  projectId(orgId: string, key: string): string | null | Promise<string | null>
  /**
   * Lists the ids of all projects; asked for whom single projects are denied. Without it they see
   * the projects that their grants name, and no others.
   */
  projectIds?(orgId: string): readonly string[] | Promise<readonly string[]>
  /** Finds the organisation that a stranger names; the hub's own where there is none. */
  orgOf(about: OpenTo): Promise<string>
}>

/** The outcome of a permission check: the words of the call that speak of rights. */
export type Permit = Pick<Words, 'condition' | 'visible' | 'may'> &
  Readonly<{
    /** The rights stay so until something happens: answers may be kept for the next call. */
    lasting: boolean
  }>

/** What is asked: an actor, an input, and the facts of the moment that grants may ask for. */
export type PermitAsked = Readonly<{
  actor: Actor
  input: unknown
  now?: number | undefined
  address?: string | undefined
}>

/** Takes the project's key out of any short key: `GH`, `GH-12`, `GH-12#7`. */
export const projectKeyOf = (name: string): string => /^[A-Z][A-Z0-9]*/.exec(name)?.[0] ?? name

// Places that are no projects are named with their kind: `org`, `team:core`, `namespace:GH/docs`.
// Without it a branch that is called like a namespace would be taken for one.
const TEAM = 'team:'
const NAMESPACE = 'namespace:'

type Named = Readonly<{ word: string; project: string | null; team?: string; path?: string }>

const readName = (name: string): Named => {
  if (name === 'org') return { word: 'this organisation', project: null }
  if (name.startsWith(TEAM)) {
    const team = name.slice(TEAM.length)
    return { word: team, project: null, team }
  }
  if (!name.startsWith(NAMESPACE)) return { word: name, project: projectKeyOf(name) }
  const word = name.slice(NAMESPACE.length)
  const [project = '', ...path] = word.split('/')
  return { word: project, project, path: path.join('/') }
}

/**
 * Checks an operation's permission in the places it names. Answers at once where rights and
 * project ids are at hand. Refuses with "does not exist" where the actor may not even look.
 */
export const permit = (
  source: AccessSource,
  operation: AnyOperation,
  asked: PermitAsked,
): Permit | Promise<Permit> => {
  const { orgId } = asked.actor
  const rights = source.rightsOf(asked.actor)
  const names = (operation.scope?.(asked.input) ?? []).map(readName)
  const ids = names.map(({ project }) =>
    project === null ? null : source.projectId(orgId, project),
  )
  const known = ids.flatMap((id) => (id instanceof Promise ? [] : [id]))
  if (rights instanceof Promise || known.length < ids.length || deniesAnywhere(rights)) {
    return settle(source, { orgId, rights, ids }).then((all) =>
      check(operation, asked, { names, ...all }),
    )
  }
  return check(operation, asked, { names, rights, ids: known, all: [] })
}

type Settling = Readonly<{
  orgId: string
  rights: Rights | Promise<Rights>
  ids: readonly (string | null | Promise<string | null>)[]
}>

const settle = async (source: AccessSource, { orgId, rights: reading, ids }: Settling) => {
  const rights = await reading
  const all = deniesAnywhere(rights) ? await source.projectIds?.(orgId) : undefined
  return { rights, all: all ?? [], ids: await Promise.all(ids.map(async (id) => id)) }
}

type Known = Readonly<{
  names: readonly Named[]
  rights: Rights
  ids: readonly (string | null)[]
  all: readonly string[]
}>

const check = (operation: AnyOperation, asked: PermitAsked, known: Known): Permit => {
  const { rights, names, ids, all } = known
  const { actor, now, address } = asked
  const { access } = operation
  const lasting = lasts(rights)
  const may: Permit['may'] = (permission, projectId) =>
    decide(rights, actor, { permission, projectId, now, address }).reason === 'allowed'
  if (access === null) return { condition: null, visible: null, may, lasting }
  const facts = { now, address }
  const visible = projectsWith(rights, actor, { ...facts, permission: access, all })
  const decideAt = (place: Place) =>
    decide(rights, actor, { ...facts, ...place, permission: access })
  if (names.length === 0) {
    const isHeld = operation.orgWide
      ? decideAt({ projectId: null }).reason === 'allowed'
      : visible?.length !== 0 || holdsAnywhere(rights, actor, { ...facts, permission: access })
    if (!isHeld) throw notAllowed(actor, access, 'this organisation')
    // Wherever it may end up: the operation looks at the condition as if it held everywhere.
    const places = visible ?? [null]
    const conditions = places.map((projectId) => decideAt({ projectId }).condition)
    const condition = conditions.find((one) => one !== null) ?? null
    return { condition, visible, may, lasting }
  }
  let condition: Condition = null
  for (const [index, { word, project, team, path }] of names.entries()) {
    const projectId = ids[index] ?? null
    if (project !== null && projectId === null) throw notFound(word)
    const decision = decideAt({ projectId, team, path })
    if (decision.reason !== 'allowed') {
      const isKnown = isSeen(rights, asked, { projectId, team })
      throw isKnown ? notAllowed(actor, access, word) : notFound(word)
    }
    condition = decision.condition ?? condition
  }
  return { condition, visible, may, lasting }
}

/** Whoever sees a place is told what they lack there; to others it is not there. */
const isSeen = (rights: Rights, { actor, now, address }: PermitAsked, place: Place): boolean => {
  if (place.projectId === null && place.team === undefined) return true
  const permission = place.team === undefined ? 'project:read' : 'team:read'
  return decide(rights, actor, { ...place, permission, now, address }).reason === 'allowed'
}

const notAllowed = ({ kind }: Actor, needs: Permission, scope: string) => {
  // No owner can give an agent what is for people alone: to send it there costs everybody a turn.
  const isNever = kind === 'agent' && isForPeople(needs)
  const way = isNever ? 'Ask a person: only people may do this.' : 'Ask an owner for it.'
  const message = `You may not do this in ${scope}: it needs ${needs}. ${way}`
  return refuse('forbidden', 'identity.not_allowed', message, { needs, scope })
}
