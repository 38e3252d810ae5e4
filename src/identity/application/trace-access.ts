import { type AskedRight, decide, NEVER_FOR_AGENTS, type Rights } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import { testOf } from '../domain/grant-condition.ts'
import type { Principal } from '../domain/principal.ts'
import type { ScopeKind } from '../domain/role.ts'
import type { NamedPlace } from './find-place.ts'
import { grantView } from './list-grants.ts'
import { projectKeys } from './names.ts'
import type { GrantScope, IdentityNeeds, KeptGrant } from './ports.ts'

// Explains a decision out of what is kept, beside the compiled rights that it was made by.

/** A question about rights, as the decision is asked. */
export type Asking = Readonly<{
  principal: Principal
  actor: Actor
  rights: Rights
  asked: AskedRight & Readonly<{ now: number }>
}>

/** A place of the chain, as grants keep it and as people name it. */
export type Link = Readonly<{ kind: ScopeKind; id: string; path: string; name: string }>

/** Lists the places above and at a place, the organisation first. */
export const chainOf = async (
  { teams }: Pick<IdentityNeeds, 'teams'>,
  { scope, word }: NamedPlace,
): Promise<readonly Link[]> => {
  const org: Link = { kind: 'org', id: '', path: '', name: 'org' }
  if (scope.kind === 'org') return [org]
  if (scope.kind === 'team') return [org, { ...scope, name: word }]
  const [project = '', ...steps] = word.split('/')
  const team = await teams.ofProject(scope.id)
  const above: readonly Link[] = team
    ? [{ kind: 'team', id: team.id, path: '', name: team.key }]
    : []
  const paths = steps.map((_, at) => steps.slice(0, at + 1).join('/'))
  return [
    org,
    ...above,
    { kind: 'project', id: scope.id, path: '', name: project },
    ...paths.map((path): Link => {
      const name = `${project}/${path}`
      return { kind: 'namespace', id: scope.id, path, name }
    }),
  ]
}

type Speaks = 'allows' | 'denies' | 'not_binding' | 'condition' | 'expired' | 'too_wide'

/** Finds the grants of a principal and its teams that speak of the permission on the chain. */
export const grantsThatSpeak = async (
  { grants, projects }: Pick<IdentityNeeds, 'grants' | 'projects'>,
  { principal, actor, asked }: Asking,
  chain: readonly Link[],
) => {
  const rows = await grants.list({ principalId: principal.id, viaTeams: true })
  const isOwner = principal.kind !== 'agent' && rows.some(isOwnership)
  const facts = { actor, now: asked.now, address: asked.address }
  const spoken: { grant: KeptGrant; speaks: Speaks }[] = []
  for (const grant of rows) {
    if (!chain.some((link) => isAt(link, grant.scope))) continue
    if (!(await grants.holdsOf(grant)).has(asked.permission)) continue
    const speaks = speaksOf(grant, { isOwner, kind: principal.kind, now: asked.now })
    const fails = speaks === 'allows' && testOf(grant.condition)?.(facts) === false
    spoken.push({ grant, speaks: fails ? 'condition' : speaks })
  }
  const keys = await projectKeys(
    projects,
    spoken.map(({ grant }) => grant.scope.id),
  )
  return spoken.flatMap(({ grant, speaks }) => {
    const view = grantView(grant, keys)
    return view ? [{ ...view, speaks }] : []
  })
}

const isOwnership = ({ role, effect, teamId }: KeptGrant): boolean =>
  role === 'owner' && effect === 'allow' && teamId === null

const isAt = ({ kind, id, path }: Link, scope: GrantScope): boolean =>
  scope.kind === kind && (kind === 'org' || (scope.id === id && scope.path === path))

type Standing = Readonly<{ isOwner: boolean; kind: Principal['kind']; now: number }>

const speaksOf = ({ effect, expiresAt, scope }: KeptGrant, standing: Standing): Speaks => {
  if (expiresAt !== null && expiresAt <= standing.now) return 'expired'
  if (effect === 'deny') return standing.isOwner ? 'not_binding' : 'denies'
  return standing.kind === 'agent' && scope.kind === 'org' ? 'too_wide' : 'allows'
}

type Intersection = Readonly<{
  with: 'never_for_agents' | 'credential' | 'person' | 'delegation'
  who: string | null
  passes: boolean
}>

/** Lists what else has to agree besides the principal's own grants. */
export const intersectionsOf = async (
  needs: Pick<IdentityNeeds, 'grants' | 'principals' | 'delegations'>,
  asking: Asking,
): Promise<Intersection[]> => {
  const { principal, actor, asked } = asking
  const { permission, projectId } = asked
  const found: Intersection[] = []
  const { scopes, projects } = actor
  if (scopes !== null || projects !== null) {
    found.push({ with: 'credential', who: null, passes: reaches(scopes, projects, asked) })
  }
  if (principal.kind !== 'agent') return found
  if (NEVER_FOR_AGENTS.has(permission)) {
    found.push({ with: 'never_for_agents', who: null, passes: false })
  }
  const personId = actor.onBehalfOf ?? principal.responsibleId
  const [person] = personId === null ? [] : await needs.principals.find({ ids: [personId] })
  if (!person) return found
  const rights = await needs.grants.rights(person.id, { now: asked.now })
  const theirs = decide(
    rights,
    { ...actor, kind: person.kind, scopes: null, projects: null },
    asked,
  )
  found.push({ with: 'person', who: person.handle, passes: theirs.reason === 'allowed' })
  const all = await needs.delegations.of(principal.id)
  const delegation = all.find((one) => one.personId === person.id)
  if (delegation) {
    const { expiresAt, projectIds: ids } = delegation
    const isOver = expiresAt !== null && expiresAt <= asked.now
    const cutTo = delegation.scopes && new Set(delegation.scopes)
    const passes = !isOver && reaches(cutTo, ids && new Set(ids), { permission, projectId })
    found.push({ with: 'delegation', who: person.handle, passes })
  } else if (person.id !== principal.responsibleId) {
    found.push({ with: 'delegation', who: person.handle, passes: false })
  }
  return found
}

const reaches = (
  scopes: ReadonlySet<string> | null,
  projects: ReadonlySet<string> | null,
  { permission, projectId }: Pick<AskedRight, 'permission' | 'projectId'>,
): boolean =>
  (scopes === null || scopes.has(permission)) &&
  (projects === null || (projectId !== null && projects.has(projectId)))
