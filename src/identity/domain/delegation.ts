import type { Bound, Rights } from '../../kernel/access.ts'

/** What a person lets an agent do in their name; `null` cuts nothing off. */
export type Delegation = Readonly<{
  agentId: string
  personId: string
  scopes: readonly string[] | null
  projectIds: readonly string[] | null
  expiresAt: number | null
}>

/** For whom an agent acts: that person's rights, and what they have delegated, if anything. */
export type Behalf = Readonly<{
  rights: Rights
  /** The person answers for the agent, and bounds it without being asked. */
  isResponsible: boolean
  delegation: Omit<Delegation, 'agentId' | 'personId'> | null
}>

const NOTHING: Rights = { org: new Map(), projects: new Map() }

/**
 * Makes the bound of an agent's rights. Without a delegation it is whoever answers for it;
 * another person's rights it has only as far as they delegated them. One that is over stops the
 * agent there: to fall back to the whole of the person's rights would be more than was agreed.
 */
export const boundOf = ({ rights, isResponsible, delegation }: Behalf, now: number): Bound => {
  if (delegation === null) {
    return { rights: isResponsible ? rights : NOTHING, scopes: null, projects: null }
  }
  const { scopes, projectIds, expiresAt } = delegation
  const isOver = expiresAt !== null && expiresAt <= now
  const until = Math.min(
    rights.until ?? Number.POSITIVE_INFINITY,
    expiresAt ?? Number.POSITIVE_INFINITY,
  )
  return {
    rights: isOver || until === Number.POSITIVE_INFINITY ? rights : { ...rights, until },
    scopes: scopes && new Set(scopes),
    projects: projectIds && new Set(projectIds),
    over: isOver,
  }
}
