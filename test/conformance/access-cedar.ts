import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import type { GrantRow } from '../../src/identity/infrastructure/rights-rows.ts'

// A second opinion about every decision, by an engine that shares no line with ours. The world is
// told to it in its own terms: places are entities inside each other, a grant is a policy over
// them, and an agent is asked about twice, as itself and as the person it acts for.

/** A grant, and who has it. */
export type WorldGrant = GrantRow & Readonly<{ holder: Holder }>
/** Whom grants are given to: a person, an agent, or the team both may be in. */
export type Holder = 'ana' | 'bot' | 'team-x'

/** What a person lets the agent do. */
export type Cut = Readonly<{
  scopes: readonly string[] | null
  projectIds: readonly string[] | null
  expiresAt: number | null
}>

/** A small organisation. */
export type World = Readonly<{
  grants: readonly WorldGrant[]
  members: ReadonlySet<Holder>
  /** The projects of the team in which grants can hold. */
  teamProjects: readonly string[]
  delegation: Cut | null
}>

/** One question about a world. */
export type Question = Readonly<{
  who: 'ana' | 'bot'
  permission: string
  /** `org`, `team`, a project, or a namespace of one. */
  place: string
  now: number
  address: string | undefined
  /** Milliseconds since a second factor; `null`: none was shown. */
  factorAge: number | null
  /** The actor has claimed the task in question. */
  holds: boolean
  scopes: readonly string[] | null
  projects: readonly string[] | null
}>

export const PROJECTS = ['p1', 'p2', 'p3']
export const NAMESPACES = ['p1/docs', 'p1/docs/api', 'p2/docs']
export const NEVER = ['approval:decide', 'key:write']
const HEEDED = ['task:write', 'context:write']

const uid = (type: string, id: string) => ({ type, id })
const org = uid('Org', 'org')

/** Says the places of a world as entities, each inside the one above it. */
const placesOf = ({ teamProjects }: World) => [
  { uid: org, attrs: {}, parents: [] },
  { uid: uid('Team', 'team'), attrs: {}, parents: [org] },
  ...PROJECTS.map((id) => ({
    uid: uid('Project', id),
    attrs: {},
    parents: [teamProjects.includes(id) ? uid('Team', 'team') : org],
  })),
  ...NAMESPACES.map((id) => {
    const above = id.slice(0, id.lastIndexOf('/'))
    const parent = above.includes('/') ? uid('Namespace', above) : uid('Project', above)
    return { uid: uid('Namespace', id), attrs: {}, parents: [parent] }
  }),
]

const peopleOf = ({ grants, members }: World) => {
  const isOwner = grants.some(
    ({ holder, role, effect, kind }) =>
      holder === 'ana' && role === 'owner' && effect === 'allow' && kind === 'org',
  )
  const groups = (who: Holder) => (members.has(who) ? [uid('Group', 'team-x')] : [])
  return [
    { uid: uid('Group', 'team-x'), attrs: {}, parents: [] },
    { uid: uid('Person', 'ana'), attrs: { isOwner }, parents: groups('ana') },
    { uid: uid('Agent', 'bot'), attrs: { isOwner: false }, parents: groups('bot') },
  ]
}

const placeText = (place: string): string => {
  if (place === 'org') return 'Org::"org"'
  if (place === 'team') return 'Team::"team"'
  return place.includes('/') ? `Namespace::"${place}"` : `Project::"${place}"`
}

const holderText: Readonly<Record<Holder, string>> = {
  ana: 'principal == Person::"ana"',
  bot: 'principal == Agent::"bot"',
  'team-x': 'principal in Group::"team-x"',
}

const placeOfGrant = ({ kind, id, path }: GrantRow): string => {
  if (kind === 'org' || kind === 'team') return kind
  return kind === 'project' ? id : `${id}/${path}`
}

/** Writes a grant as a policy. */
const policyOf = (grant: WorldGrant): string => {
  const { holder, effect, role, permissions, kind, condition, expiresAt } = grant
  const words = Object.entries(permissions ?? {})
  const needsHeld = words.filter(([, when]) => when === 'held').map(([word]) => word)
  const heldToo = condition?.assigned === true
  // A condition that no operation looks at leaves nothing of a permission.
  const left = words.map(([word]) => word).filter((word) => !heldToo || HEEDED.includes(word))
  const all = role === 'owner'
  if (!all && left.length === 0) return ''
  const actions = left.map((word) => `Action::"${word}"`).join(', ')
  const when: string[] = []
  if (expiresAt !== null) when.push(`context.now < ${expiresAt}`)
  if (condition?.mfa_within_s !== undefined) {
    when.push(`context has factorAge && context.factorAge <= ${condition.mfa_within_s * 1000}`)
  }
  if (condition?.addresses) {
    const ranges = condition.addresses.map((one) => `context.address.isInRange(ip("${one}"))`)
    when.push(`context has address && (${ranges.join(' || ')})`)
  }
  if (effect === 'allow' && heldToo) when.push('context.holds')
  const held = needsHeld.map((word) => `action == Action::"${word}"`).join(' || ')
  if (effect === 'allow' && held !== '') when.push(`!(${held}) || context.holds`)
  if (effect === 'deny') when.push('!principal.isOwner')
  if (effect === 'allow' && kind === 'org') when.push('!(principal is Agent)')
  const clauses = when.map((one) => `when { ${one} }`).join(' ')
  return `${effect === 'allow' ? 'permit' : 'forbid'}(${holderText[holder]},
    ${all ? 'action' : `action in [${actions}]`},
    resource in ${placeText(placeOfGrant(grant))}) ${clauses};`
}

// What is cut away from a credential, and what agents never do, are policies for everybody.
const ALWAYS = `
  forbid(principal is Agent, action in [${NEVER.map((word) => `Action::"${word}"`).join(', ')}],
    resource);
  forbid(principal, action, resource)
    when { context has scopes && !context.scopes.contains(action) };
  forbid(principal, action, resource)
    when { context has projects } unless { resource in context.projects };`

let sets = 0

/** Tells a world to the oracle; gives what answers questions about it. */
export const oracleFor = (world: World): ((question: Question) => boolean) => {
  sets += 1
  const id = `world-${sets}`
  const text = [...world.grants.map(policyOf), ALWAYS].join('\n')
  const parsed = preparsePolicySet(id, { staticPolicies: text })
  if (parsed.type === 'failure') {
    throw new Error(`${parsed.errors.map(({ message }) => message).join('; ')} in ${text}`)
  }
  const entities = [...placesOf(world), ...peopleOf(world)]
  const ask = (
    principal: ReturnType<typeof uid>,
    question: Question,
    cut: Pick<Cut, 'scopes' | 'projectIds'>,
  ) => {
    const answer = statefulIsAuthorized({
      principal,
      action: uid('Action', question.permission),
      resource: resourceOf(question.place),
      context: contextOf(question, cut),
      preparsedPolicySetId: id,
      entities,
    })
    if (answer.type === 'failure') throw new Error(answer.errors.map((one) => one.message).join())
    if (answer.response.diagnostics.errors.length > 0) {
      throw new Error(JSON.stringify(answer.response.diagnostics.errors))
    }
    return answer.response.decision === 'allow'
  }
  return (question) => {
    const { who, scopes, projects, now } = question
    const credential = { scopes, projectIds: projects }
    if (who === 'ana') return ask(uid('Person', 'ana'), question, credential)
    const { delegation } = world
    if (delegation !== null && delegation.expiresAt !== null && delegation.expiresAt <= now) {
      return false
    }
    const cut = delegation ?? { scopes: null, projectIds: null }
    return (
      ask(uid('Agent', 'bot'), question, credential) && ask(uid('Person', 'ana'), question, cut)
    )
  }
}

const resourceOf = (place: string) => {
  if (place === 'org') return org
  if (place === 'team') return uid('Team', 'team')
  return place.includes('/') ? uid('Namespace', place) : uid('Project', place)
}

const entity = (type: string, id: string) => ({ __entity: uid(type, id) })

const contextOf = (
  question: Question,
  { scopes, projectIds }: Pick<Cut, 'scopes' | 'projectIds'>,
) => {
  const { now, holds, address, factorAge } = question
  return {
    now,
    holds,
    ...(address !== undefined && { address: { __extn: { fn: 'ip', arg: address } } }),
    ...(factorAge !== null && { factorAge }),
    ...(scopes && { scopes: scopes.map((word) => entity('Action', word)) }),
    ...(projectIds && { projects: projectIds.map((id) => entity('Project', id)) }),
  }
}
